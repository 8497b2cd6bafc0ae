/** What stored files must look like to be a model. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkStructure } from '../../../../src/checkpoint/library/structure';
import { ComdError } from '../../../../src/errors';
import { smallModel } from '../../../support/kept';
import { writeGguf } from '../gguf/write-gguf';

const asFiles = (files: Iterable<[string, Uint8Array<ArrayBuffer> | string]>): Map<string, File> => (
  new Map([...files].map(([name, bytes]) => [name, new File([bytes], name)]))
);

describe('the structure of stored files', () => {
  it('gives the family', async () => {
    expect(await checkStructure('m', asFiles(smallModel(1)))).toBe('llama');
    expect(await checkStructure('m', asFiles([['config.json', '{}']]))).toBe('unknown');
    expect(await checkStructure('m', asFiles([['adapter_config.json', '{}']]))).toBe('adapter');
    expect(await checkStructure('m', asFiles([['a.gguf', writeGguf({})]]))).toBe('gguf');
  });

  it.each([
    ['config.json', '[1]', /expected a JSON object, found a list/],
    ['config.json', '{"model_type":', /not JSON/],
    ['a.gguf', '<!doctype html>', /begins with.*"GGUF".*expected/],
    ['a.gguf', writeGguf({ claims: { tensors: 9 } }), /9 tensors/],
    ['model.safetensors', '', /8 bytes are needed, but it ends after 0/],
  ])('refuses %s with %s', async (file, content, message) => {
    await expect(checkStructure('m', asFiles([['config.json', '{}'], [file, content]]))).rejects.toMatchObject({
      code: 'checkpoint/corrupt', message: expect.stringMatching(message),
    });
  });

  it('refuses a model without any configuration by its name', async () => {
    await expect(checkStructure('mine', asFiles([['tokenizer.json', '{}']]))).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining('"mine"') });
  });

  it('meets any bytes in place of a shard with a named error', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
      const refused = await checkStructure('m', asFiles([['config.json', '{}'], ['model.safetensors', new Uint8Array(bytes)]])).catch((cause: unknown) => cause);
      expect(refused).toBeInstanceOf(ComdError);
    }), { numRuns: 1000 });
  });
});
