/** The student's thread. */
import './model-worker';
