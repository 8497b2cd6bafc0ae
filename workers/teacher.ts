/** The teacher's thread. */
import './model-worker';
