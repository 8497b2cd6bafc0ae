/**
 * `npm start`: builds the page if needed, serves it and opens it in the default browser, until Ctrl-C.
 */
import { ensureBuilt, root, serve } from './built';
import { join } from 'node:path';

await ensureBuilt(console.log);
const served = await serve(join(root, 'dist'), true);
console.log(`CoMD runs at ${served.url} in Chrome or another Chromium. Ctrl-C ends it.`);
