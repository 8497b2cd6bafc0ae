/** The page's first script. */
import { connect } from './connect';
import { nextTask } from './frames';
import { mount } from './mount';
import { openOffline } from './offline';
import type { Session } from './session';

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no element "app"');

// Loading the scripts was one task; drawing is the next.
await nextTask();
const session: Session = mount(root, connect((error) => session.fail(error)));
await session.open();
openOffline();
