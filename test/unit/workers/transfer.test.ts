import * as Comlink from 'comlink';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/comd/events';
import { ComdError } from '../../../src/errors';
import '../../../workers/transfer';

const failure = () => new ComdError('pools/quota', 'The disk is full.', 'Free some space.', { cause: new RangeError('0 bytes left') });
const far = {
  refuse(): void {
    throw failure();
  },
  stumble(): void {
    throw new TypeError('x is not a function');
  },
  throwText(): void {
    throw 'only text';
  },
  listen(callback: (event: RunEvent) => void): void {
    callback({ type: 'error', error: failure() });
  },
};

let channel: MessageChannel;
let remote: Comlink.Remote<typeof far>;
beforeAll(() => {
  channel = new MessageChannel();
  Comlink.expose(far, channel.port1);
  remote = Comlink.wrap(channel.port2);
});
afterAll(() => {
  channel.port1.close();
  channel.port2.close();
});

describe('across threads', () => {
  test('a ComdError keeps its code, message, remedy and the text of its cause', async () => {
    const error: unknown = await remote.refuse().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ComdError);
    expect(error).toMatchObject({ code: 'pools/quota', message: 'The disk is full.', remedy: 'Free some space.', cause: 'RangeError: 0 bytes left' });
  });

  test('another error keeps its message, and a thrown value stays what it is', async () => {
    await expect(remote.stumble()).rejects.toThrow('x is not a function');
    await expect(remote.throwText()).rejects.toBe('only text');
  });

  test('an event that holds an error arrives with the error whole', async () => {
    const event = await new Promise<RunEvent>((resolve) => { void remote.listen(Comlink.proxy(resolve)); });
    expect(event).toMatchObject({ type: 'error', error: { code: 'pools/quota', remedy: 'Free some space.' } });
    expect((event as { error: unknown }).error).toBeInstanceOf(ComdError);
  });
});
