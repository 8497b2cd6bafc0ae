/** What the page loads when the data screen is opened for the first time. The one place where it meets the window. */
import { effect } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { DataLibrary } from '../../../workers/data-protocol';
import { connectData } from '../connect-data';
import { Faults } from '../models/faults';
import type { Session } from '../session';
import { DataScreen } from '../view/data/DataScreen';
import '../view/models/models.css';
import '../view/data/data.css';
import { DataSession } from './data-session';

/** What every part of the screen may need. */
export interface DataPage {
  data: DataSession;
  faults: Faults;
  /** Of the run: its draft names the data. */
  session: Session;
}

/** Opens the own data sets and gives the screen. What is under way stays while other screens are shown. */
export function openData(session: Session, library: DataLibrary = connectData()): ComponentType {
  const page: DataPage = { data: new DataSession(library), faults: new Faults(), session };
  effect(() => {
    const progress = page.data.progress.value;
    if (progress !== null) window.dispatchEvent(new CustomEvent('comd-data', { detail: progress }));
  });
  void page.faults.attempt(() => page.data.refresh());
  return () => <DataScreen page={page} />;
}
