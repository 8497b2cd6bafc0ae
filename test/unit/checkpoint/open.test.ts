import { afterEach, describe, expect, it, vi } from 'vitest';
import { filesSource } from '../../../src/checkpoint/files-source';
import { openCheckpoint } from '../../../src/checkpoint/open';
import { parseHeader, serialise } from '../../../src/checkpoint/safetensors';
import { changed, type Files, fixture, inPieces, jsonBytes, serving, without } from '../../support/folder';
import { type Read, readAll } from '../../support/read-checkpoint';
import { shardServer } from '../../support/shard-server';

const first = 'model-00001-of-00002.safetensors';
const second = 'model-00002-of-00002.safetensors';
const index = 'model.safetensors.index.json';
const tiny = fixture('llava-tiny');

async function load(files: Files): Promise<Read> {
  return readAll(await openCheckpoint('/models/tiny/', serving(files)));
}

function rewriteIndex(change: (map: Record<string, string>) => void): Files {
  return changed(tiny, index, (bytes) => {
    const json = JSON.parse(new TextDecoder().decode(bytes)) as { weight_map: Record<string, string> };
    change(json.weight_map);
    return jsonBytes(json);
  });
}

afterEach(() => {
  vi.useRealTimers();
});

describe('an opened checkpoint', () => {
  it('is named by its folder and has its JSON files, the chat template among them', async () => {
    const checkpoint = await openCheckpoint('https://models.test/some/tiny/', serving(tiny));
    expect(checkpoint).toMatchObject({ name: 'tiny', place: 'https://models.test/some/tiny/' });
    expect(checkpoint.config).toMatchObject({ model_type: 'llava' });
    expect(checkpoint.tokenizerConfig).toMatchObject({ bos_token: '<s>', chat_template: expect.stringContaining('ASSISTANT:') });
    expect(checkpoint.preprocessor).toMatchObject({ crop_size: { height: 16, width: 16 }, resample: 3 });
  });

  it('lists every tensor by its canonical name before any shard is read', async () => {
    const checkpoint = await openCheckpoint('/m/tiny', serving(tiny));
    expect(checkpoint.tensors.get('language_model.model.layers.1.self_attn.k_proj.weight')).toEqual({
      dtype: 'F32', shape: [8, 16], file: first, stored: 'language_model.model.layers.1.self_attn.k_proj.weight',
    });
    expect(checkpoint.tensors.get('vision_tower.vision_model.embeddings.patch_embedding.weight')?.shape).toEqual([16, 3, 8, 8]);
    expect(checkpoint.tensors.has('language_model.lm_head.weight')).toBe(false);
  });

  it('hands out every listed tensor once, shard by shard, and tells how far each shard is', async () => {
    const checkpoint = await openCheckpoint('/m/tiny', serving(tiny));
    const { tensors, progress } = await readAll(checkpoint);
    expect([...tensors.keys()].sort()).toEqual([...checkpoint.tensors.keys()].sort());
    for (const [name, { shape, data }] of tensors) {
      expect(shape).toEqual(checkpoint.tensors.get(name)?.shape);
      expect(data).toHaveLength(shape.reduce((a, b) => a * b, 1));
    }
    const total = tiny.get(second)?.length;
    expect(progress.at(-1)).toEqual([second, total, total]);
    expect(new Set(progress.map(([file]) => file))).toEqual(new Set([first, second]));
    const loaded = progress.filter(([file]) => file === first).map(([, n]) => n);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
  });

  it('gives the numbers that the file holds', async () => {
    const { tensors } = await load(tiny);
    const file = tiny.get(second) as Uint8Array<ArrayBuffer>;
    const entry = parseHeader(second, file).tensors[0];
    const stored = new Float32Array(file.slice(entry?.begin, entry?.end).buffer);
    const name = `vision_tower.vision_model.${entry?.name.replace('vision_tower.', '')}`;
    expect(tensors.get(name)?.data).toEqual(stored);
  });

  it('reads the layout and names of older releases, in half precision, with an output head', async () => {
    const old = fixture('llava-tiny-f16');
    const checkpoint = await openCheckpoint('/m/old', serving(old));
    const newer = await openCheckpoint('/m/tiny', serving(tiny));
    expect([...checkpoint.tensors.keys()].filter((name) => !newer.tensors.has(name))).toEqual(['language_model.lm_head.weight']);
    expect([...newer.tensors.keys()].filter((name) => !checkpoint.tensors.has(name))).toEqual([]);
    expect(checkpoint.tensors.get('language_model.lm_head.weight')).toMatchObject({ dtype: 'F16', shape: [64, 16], file: 'model.safetensors' });
    expect(checkpoint.preprocessor).toMatchObject({ image_processor_type: 'CLIPImageProcessor' });
    const { tensors } = await readAll(checkpoint);
    expect(tensors.get('language_model.lm_head.weight')?.data.every(Number.isFinite)).toBe(true);
  });

  it('leaves out buffers that are no weights, whatever their type', async () => {
    const extra = serialise([{ name: 'vision_tower.vision_model.embeddings.position_ids', dtype: 'I64', shape: [1], bytes: new Uint8Array(8) }]);
    const files = rewriteIndex((map) => { map['vision_tower.vision_model.embeddings.position_ids'] = 'extra.safetensors'; }).set('extra.safetensors', extra);
    expect((await load(files)).tensors.size).toBe((await load(tiny)).tensors.size);
  });

  it('is the same from files on disk as from a server', async () => {
    const picked = [...tiny].map(([name, bytes]) => new File([bytes], `tiny/${name}`));
    const checkpoint = await openCheckpoint(filesSource('tiny', picked));
    expect(checkpoint.place).toBe('the folder "tiny"');
    expect((await readAll(checkpoint)).tensors).toEqual((await load(tiny)).tensors);
  });

  it('reads only the tensors that are wanted, and only their files', async () => {
    const checkpoint = await openCheckpoint('/m/tiny', serving(tiny));
    const [wanted] = [...checkpoint.tensors].filter(([, { file }]) => file === second).map(([name]) => name);
    const names: string[] = [];
    const files = new Set<string>();
    await checkpoint.read({ wanted: (name) => name === wanted, onSlice: ({ name }) => { names.push(name); }, onShard: (file) => { files.add(file); } });
    expect(names).toEqual([wanted]);
    expect([...files]).toEqual([second]);
  });

  it('may lack a tokenizer and an image processor, as a bare part does', async () => {
    const bare = ['tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja', 'processor_config.json', 'generation_config.json'].reduce(without, tiny);
    expect(await openCheckpoint('/m/bare', serving(bare))).toMatchObject({
      tokenizer: undefined, tokenizerConfig: {}, preprocessor: undefined, processor: undefined, generation: undefined,
    });
  });

  it('has its image processor from whichever file holds it', async () => {
    const own = new Map(tiny).set('preprocessor_config.json', jsonBytes({ size: 3 })).set('processor_config.json', jsonBytes({ image_processor: { size: 4 }, image_seq_len: 64 }));
    expect(await openCheckpoint('/m/tiny', serving(own))).toMatchObject({ preprocessor: { size: 3 }, processor: { image_seq_len: 64 } });
    expect(await openCheckpoint('/m/tiny', serving(without(own, 'preprocessor_config.json')))).toMatchObject({ preprocessor: { size: 4 } });
  });

  it.each([
    ['processor_config.json', jsonBytes({ chat_template: 'one' })],
    ['chat_template.jinja', new TextEncoder().encode('one')],
    ['chat_template.json', jsonBytes({ chat_template: 'one' })],
    ['tokenizer_config.json', jsonBytes({ chat_template: 'one' })],
  ])('has its chat template from %s where no other file holds one, or one that counts less', async (file, bytes) => {
    const order = ['processor_config.json', 'chat_template.jinja', 'chat_template.json', 'tokenizer_config.json'];
    const later = order.slice(order.indexOf(file) + 1).filter((other) => other !== 'chat_template.jinja');
    const files = later.reduce((all, other) => new Map(all).set(other, jsonBytes({ chat_template: 'two' })), order.reduce(without, tiny)).set(file, bytes);
    expect((await openCheckpoint('/m/tiny', serving(files))).tokenizerConfig).toMatchObject({ chat_template: 'one' });
  });

  it('names its tensors by its family', async () => {
    const decoder = new Map([
      ['config.json', jsonBytes({ model_type: 'llama' })],
      ['model.safetensors', serialise([{ name: 'model.norm.weight', dtype: 'BF16', shape: [2], bytes: new Uint8Array([128, 63, 0, 64]) }])],
    ]);
    const checkpoint = await openCheckpoint('/m/decoder', serving(decoder));
    expect([...checkpoint.tensors]).toEqual([['language_model.model.norm.weight', { dtype: 'BF16', shape: [2], file: 'model.safetensors', stored: 'model.norm.weight' }]]);
    expect((await readAll(checkpoint)).tensors.get('language_model.model.norm.weight')?.data).toEqual(new Float32Array([1, 2]));
  });

  it('may hold its weights in one file of another name, where the folder can be listed', async () => {
    const old = fixture('llava-tiny-f16');
    const files = [...old].map(([name, bytes]) => new File([bytes], name === 'model.safetensors' ? 'my-tune.safetensors' : name));
    const checkpoint = await openCheckpoint(filesSource('mine', files));
    expect(checkpoint.tensors.get('language_model.lm_head.weight')?.file).toBe('my-tune.safetensors');
  });

  it('is found on a hub by the address of its page', async () => {
    await using server = await shardServer(tiny, 'hub');
    const checkpoint = await openCheckpoint(server.url);
    expect(checkpoint.name).toBe('tiny');
    expect((await readAll(checkpoint)).tensors).toEqual((await load(tiny)).tensors);
  });
});

describe('a stumbling network', () => {
  it('is tried again, and a download that broke goes on', async () => {
    vi.useFakeTimers();
    const rest = serving(tiny);
    const broken = new Set(['config.json', second]);
    const stumbling: typeof fetch = (input, init) => {
      const file = String(input).split('/').at(-1) ?? '';
      if (!broken.delete(file)) return rest(input, init);
      if (file === 'config.json') return Promise.reject(new TypeError('Failed to fetch'));
      const head = inPieces((tiny.get(file) as Uint8Array<ArrayBuffer>).slice(0, 4), 2).pipeThrough(new TransformStream({
        flush: (controller) => { controller.error(new TypeError('network changed')); },
      }));
      return Promise.resolve(new Response(head));
    };
    const opening = openCheckpoint('/m/tiny', stumbling).then(readAll);
    await vi.runAllTimersAsync();
    expect((await opening).tensors.size).toBe((await load(tiny)).tensors.size);
    expect(broken.size).toBe(0);
  });

  it('that stays down ends in an error with the address, the number of tries and the reason', async () => {
    vi.useFakeTimers();
    const calls: string[] = [];
    const down: typeof fetch = (input) => {
      calls.push(String(input));
      return Promise.resolve(new Response('busy', { status: 503 }));
    };
    const opening = expect(openCheckpoint('/m/tiny', down)).rejects.toMatchObject({
      code: 'checkpoint/unreachable', message: expect.stringMatching(/\/m\/tiny\/config\.json .* 4 tries.*503/),
    });
    await vi.runAllTimersAsync();
    await opening;
    expect(calls.filter((url) => url.endsWith('tiny/config.json'))).toHaveLength(4);
  });

  it('is not blamed for a refusal, which is not tried again', async () => {
    const calls: string[] = [];
    const refusing: typeof fetch = (input) => {
      calls.push(String(input));
      return Promise.resolve(new Response('no', { status: 403 }));
    };
    await expect(openCheckpoint('/m/tiny', refusing)).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining('403') });
    expect(calls).toEqual(['/m/tiny/config.json', '/m/tiny/resolve/main/config.json']);
  });
});
