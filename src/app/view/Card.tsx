/** One assessed record: image, instruction, both answers with their marks, and how difficult it is. */
import type { AssessedSample } from '../../comd/events';
import type { Conductor } from '../../../workers/protocol';
import { PixelCanvas } from './PixelCanvas';

export function Card({ conductor, sample }: { conductor: Conductor; sample: AssessedSample }) {
  const { record, teacherAnswer, studentAnswer, teacherMark, studentMark, difficulty, difficult } = sample;
  return (
    <li class={difficult ? 'card difficult' : 'card'}>
      <div class="card-head">
        <PixelCanvas conductor={conductor} image={record.image} />
        <p class="instruction">{record.instruction}</p>
      </div>
      <dl class="answers">
        <Answer role="teacher" text={teacherAnswer} mark={teacherMark} />
        <Answer role="student" text={studentAnswer} mark={studentMark} />
      </dl>
      <p class="verdict"><span>S<sub>k</sub> <span class="number">{difficulty.toFixed(2)}</span></span> <strong>{difficult ? 'difficult' : 'easy'}</strong></p>
    </li>
  );
}

function Answer({ role, text, mark }: { role: 'teacher' | 'student'; text: string; mark: number }) {
  return (
    <div class={role}>
      <dt>{role}</dt>
      <dd class="answer">{text === '' ? <em>no answer</em> : text}</dd>
      <dd class="mark-of number"><span class="hidden">mark </span>{mark.toFixed(1)}</dd>
    </div>
  );
}
