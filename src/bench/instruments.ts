/** What is measured with, put in place as this module loads: it has to be the first that a measured thread imports. */
import { installOdometer } from './odometer';
import { watchMemories } from './wasm-memory';

export const odometer = installOdometer();
watchMemories();
