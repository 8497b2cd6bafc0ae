/** The thread of the model that is asked on the models screen. */
import './model-worker';
