/** The settings form: templates of prompts, their preview, and the models of a run that has more than two. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { mount } from '../../../src/app/mount';
import type { Session } from '../../../src/app/session';
import { naturalTemplates } from '../../../src/comd/prompts/natural';
import { ComdError } from '../../../src/errors';
import { FakeConductor } from '../../support/fake-conductor';
import { expectNoBarrier, find, freshRoot, leaveAddress, visit } from '../../support/screen';

let root: HTMLElement;
let conductor: FakeConductor;
beforeEach(() => {
  root = freshRoot();
  conductor = new FakeConductor();
});
afterEach(leaveAddress);

async function open(search = ''): Promise<Session> {
  visit(search);
  const session = mount(root, conductor);
  await session.open();
  return session;
}

const group = (title: string) => [...root.querySelectorAll('.settings > details')].find((one) => one.querySelector('summary')?.textContent?.startsWith(title)) as HTMLDetailsElement;
async function openPrompts(): Promise<void> {
  await userEvent.click(group('Prompts').querySelector('summary') as HTMLElement);
  await expect.poll(() => root.querySelector('.prompt-preview pre')).not.toBeNull();
}
const preview = () => find('.prompt-preview pre').textContent;

describe('the prompts in the form', () => {
  test('show the family\'s own text while the user has written none', async () => {
    const session = await open('?augmentor=org/model');
    await openPrompts();
    expect(find<HTMLTextAreaElement>('#augmentPrompt').value).toBe('');
    expect(find<HTMLTextAreaElement>('#augmentPrompt').placeholder).toBe(naturalTemplates.augment);
    expect(find<HTMLTextAreaElement>('#assessPrompt').placeholder).toMatch(/^assess: /);
    expect(session.checked.value.settings.augmentPrompt).toBe('');
  });

  test('are previewed within the chat template as they are written', async () => {
    await open();
    await openPrompts();
    await expect.poll(preview).toBe('<s>USER: <image>\nassess: what is to the left of the apple?\nanswer A: a cat\nanswer B: a small dog ASSISTANT:');
    await userEvent.fill(find('#assessPrompt'), 'Mark {a} against {b}: {instruction}');
    await expect.poll(preview).toBe('<s>USER: <image>\nMark a cat against a small dog: what is to the left of the apple? ASSISTANT:');
    await userEvent.selectOptions(find('.prompt-preview select'), 'easy');
    await expect.poll(preview).toContain('new rare question unlike:');
    await expect.poll(() => conductor.calls).toContain('chat prompt of the augmentor');
  });

  test('are previewed without the chat template where it cannot be had, and why is said', async () => {
    conductor.failure = new ComdError('checkpoint/unreachable', 'https://host.test cannot be reached.', 'Look at the network.');
    await open();
    await openPrompts();
    await expect.poll(() => find('.prompt-preview .help').textContent).toContain('https://host.test cannot be reached.');
    expect(preview()).toBe('assess: what is to the left of the apple?\nanswer A: a cat\nanswer B: a small dog');
  });

  test('refuse a template that lacks a place, and keep what was written', async () => {
    const session = await open();
    await openPrompts();
    await userEvent.fill(find('#assessPrompt'), 'Which is better, {a} or {b}?');
    await expect.poll(() => root.querySelector('#assessPrompt-help .refusal')?.textContent).toContain('lacks {instruction}');
    expect(find<HTMLTextAreaElement>('#assessPrompt').value).toBe('Which is better, {a} or {b}?');
    expect(session.checked.value.refused.assessPrompt).toBeDefined();
  });

  test('have no serious barrier', async () => {
    await open();
    await openPrompts();
    await expectNoBarrier(find('.settings'));
  });
});

describe('the models of a run', () => {
  const titles = () => [...root.querySelectorAll('.model h3')].map((heading) => heading.textContent);

  test('are two where the teacher plays all its roles', async () => {
    await open();
    expect(titles()).toEqual(['Student', 'Teacher']);
  });

  test('are as many as are named for a role, each once', async () => {
    const session = await open('?assessor=org/a&augmentor=org/b');
    expect(titles()).toEqual(['Student', 'Teacher', 'Assessor', 'Augmentor']);
    session.draft.value = { preset: 'emoji', texts: { assessor: 'org/a', augmentor: 'org/a' } };
    await expect.poll(titles).toEqual(['Student', 'Teacher', 'Assessor and augmentor']);
  });
});
