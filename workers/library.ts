/** The library's thread: gives it the browser's disk and exposes it. It decides nothing. */
import * as Comlink from 'comlink';
import { composeCheckpoint } from '../src/checkpoint/compose';
import { ModelLibrary } from '../src/checkpoint/library/library';
import { opfsDisk } from '../src/checkpoint/library/opfs';
import { openPlace } from '../src/checkpoint/open-place';
import { sourceOf } from '../src/checkpoint/source-of';
import './transfer';

Comlink.expose(new ModelLibrary({ disk: opfsDisk(), sourceOf, openPlace, compose: composeCheckpoint }));
