/** Which prompts a run uses in a role: a family's, with the texts that the user wrote in their stead. */
import type { Settings } from '../../settings';
import type { Role } from '../events';
import { isBundled, playerOf } from '../models';
import { bundledTemplates, quoted } from './bundled';
import { familyOf, type PromptFamily, type Templates } from './family';
import { cut, naturalTemplates } from './natural';

/** Whether the model that plays `role` comes with the page and knows the bundled prompts only. */
function speaksBundled(role: Role, settings: Settings): boolean {
  if (settings.prompts !== 'auto') return settings.prompts === 'bundled';
  return isBundled(settings[playerOf(role, settings)]);
}

/** The templates of `role`, before what the user wrote. */
export function familyTemplates(role: Role, settings: Settings): Templates {
  return speaksBundled(role, settings) ? bundledTemplates : naturalTemplates;
}

/** The templates of `role` as the run uses them. */
export function templatesOf(role: Role, settings: Settings): Templates {
  const own = familyTemplates(role, settings);
  return {
    answer: settings.answerPrompt || own.answer,
    assess: settings.assessPrompt || own.assess,
    assessWithReference: settings.referencePrompt || own.assessWithReference,
    augment: settings.augmentPrompt || own.augment,
    augmentEasy: settings.easyPrompt || own.augmentEasy,
    propose: settings.proposePrompt || own.propose,
  };
}

export function promptsOf(role: Role, settings: Settings): PromptFamily {
  return familyOf(templatesOf(role, settings), speaksBundled(role, settings) ? quoted : cut);
}
