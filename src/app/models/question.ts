/** A question as it stands in the fields, read. */
import { ComdError } from '../../errors';
import { parseSetting } from '../../settings';
import type { Question, QuestionDraft } from './ask-session';

/** Throws `settings/invalid` naming the field. The ranges are those of the settings of the same meaning. */
export function questionOf(draft: QuestionDraft): Question {
  const prompt = draft.prompt.trim();
  if (prompt === '') throw new ComdError('settings/invalid', 'Nothing is asked.', 'Write a question.');
  return {
    prompt,
    maxNewTokens: parseSetting('maxNewTokens', draft.maxNewTokens),
    temperature: parseSetting('answerTemperature', draft.temperature),
    seed: parseSetting('seed', draft.seed),
  };
}
