/**
 * What the page loads when the models screen is opened for the first time: the library's thread, the sessions over it,
 * and the screen that draws them. The one place where they meet window, document and location.
 */
import type { ComponentType } from 'preact';
import { decodeImage } from '../../data/decode-image';
import type { Library } from '../../../workers/protocol';
import { connectLibrary } from '../connect-library';
import { connectModel } from '../connect-model';
import { ModelsScreen } from '../view/models/ModelsScreen';
import '../view/models/models.css';
import { AskSession, type AskedModel } from './ask-session';
import type { ModelsEvent } from './events';
import { Faults } from './faults';
import { LibrarySession } from './library-session';

/** What every part of the screen may need. */
export interface ModelsPage {
  library: LibrarySession;
  asked: AskSession;
  faults: Faults;
  /** What relative addresses of models are taken from. */
  base: string;
}

/** Opens the library and gives the screen. The sessions stay while other screens are shown. */
export function openModels(library: Library = connectLibrary(), startModel: () => AskedModel = connectModel): ComponentType {
  const tell = (event: ModelsEvent) => { window.dispatchEvent(new CustomEvent('comd-models', { detail: event })); };
  const page: ModelsPage = {
    library: new LibrarySession(library, tell),
    asked: new AskSession(startModel, decodeImage, tell),
    faults: new Faults(),
    base: new URL('.', location.href).href,
  };
  void page.faults.attempt(() => page.library.refresh());
  return () => <ModelsScreen page={page} />;
}
