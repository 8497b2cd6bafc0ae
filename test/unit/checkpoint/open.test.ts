import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Checkpoint, openCheckpoint } from '../../../src/checkpoint/open';
import { parseHeader, serialise } from '../../../src/checkpoint/safetensors';
import { changed, type Files, fixture, inPieces, jsonBytes, serving, without } from '../../support/folder';

const first = 'model-00001-of-00002.safetensors';
const second = 'model-00002-of-00002.safetensors';
const index = 'model.safetensors.index.json';
const tiny = fixture('llava-tiny');

interface Read {
  tensors: Map<string, { shape: number[]; data: Float32Array }>;
  progress: [string, number, number][];
}

async function readAll(checkpoint: Checkpoint): Promise<Read> {
  const read: Read = { tensors: new Map(), progress: [] };
  await checkpoint.read(
    (name, shape, data) => { read.tensors.set(name, { shape, data }); },
    (file, loaded, total) => { read.progress.push([file, loaded, total]); },
  );
  return read;
}

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

async function sums(files: Files): Promise<Record<string, { bytes: number; sha256: string }>> {
  const shards = [...files].filter(([name]) => name.endsWith('.safetensors'));
  return Object.fromEntries(await Promise.all(shards.map(async ([name, bytes]) => {
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
    return [name, { bytes: bytes.length, sha256: digest }] as const;
  })));
}

afterEach(() => {
  vi.useRealTimers();
});

describe('an opened checkpoint', () => {
  it('is named by its folder and has its JSON files, the chat template among them', async () => {
    const checkpoint = await openCheckpoint('https://models.test/some/tiny/', serving(tiny));
    expect(checkpoint.name).toBe('tiny');
    expect(checkpoint.config).toMatchObject({ model_type: 'llava' });
    expect(checkpoint.tokenizerConfig).toMatchObject({ bos_token: '<s>', chat_template: expect.stringContaining('ASSISTANT:') });
    expect(checkpoint.preprocessor).toMatchObject({ crop_size: { height: 16, width: 16 }, resample: 3 });
  });

  it('lists every tensor by its canonical name before any shard is read', async () => {
    const checkpoint = await openCheckpoint('/m/tiny', serving(tiny));
    expect(checkpoint.tensors.get('language_model.model.layers.1.self_attn.k_proj.weight')).toEqual({ dtype: 'F32', shape: [8, 16], file: first });
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
    expect(checkpoint.tensors.get('language_model.lm_head.weight')).toEqual({ dtype: 'F16', shape: [64, 16], file: 'model.safetensors' });
    expect(checkpoint.preprocessor).toMatchObject({ image_processor_type: 'CLIPImageProcessor' });
    const { tensors } = await readAll(checkpoint);
    expect(tensors.get('language_model.lm_head.weight')?.data.every(Number.isFinite)).toBe(true);
  });

  it('leaves out buffers that are no weights, whatever their type', async () => {
    const extra = serialise([{ name: 'vision_tower.vision_model.embeddings.position_ids', dtype: 'I64', shape: [1], bytes: new Uint8Array(8) }]);
    const files = rewriteIndex((map) => { map['vision_tower.vision_model.embeddings.position_ids'] = 'extra.safetensors'; }).set('extra.safetensors', extra);
    expect((await load(files)).tensors.size).toBe((await load(tiny)).tensors.size);
  });
});

describe('a damaged checkpoint', () => {
  it.each(['config.json', 'tokenizer.json', first, 'processor_config.json'])('without %s is refused by the name of the file', async (file) => {
    const named = file === 'processor_config.json' ? 'preprocessor_config.json' : file;
    await expect(load(without(tiny, file))).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining(named) });
  });

  it('without any weights is refused by the name of the file that should hold them', async () => {
    await expect(load(without(tiny, index))).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining('model.safetensors') });
  });

  it('whose server answers its page for a missing shard is told apart from a damaged shard', async () => {
    const rest = serving(without(tiny, second));
    const page: typeof fetch = async (input) => {
      const response = await rest(input);
      return response.ok ? response : new Response('<!doctype html><title>app</title>', { headers: { 'content-type': 'text/html; charset=utf-8' } });
    };
    await expect(openCheckpoint('/m/tiny', page)).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining(second) });
  });

  it('with a truncated shard is refused with both lengths', async () => {
    const whole = tiny.get(second)?.length as number;
    const files = changed(tiny, second, (bytes) => bytes.slice(0, whole - 5));
    await expect(load(files)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(`${second}.*${whole}.*${whole - 5}`) });
  });

  it('with a shard that goes on after its last tensor is refused', async () => {
    const files = changed(tiny, second, (bytes) => new Uint8Array([...bytes, 0]));
    await expect(load(files)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('more follow') });
  });

  it('with one flipped bit is refused by its checksum, before a tensor of that shard is handed out', async () => {
    const files = changed(tiny, second, (bytes) => {
      bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
      return bytes;
    }).set('checksums.json', jsonBytes(await sums(tiny)));
    const checkpoint = await openCheckpoint('/m/tiny', serving(files));
    const seen = new Set<string | undefined>();
    const reading = checkpoint.read((name) => { seen.add(checkpoint.tensors.get(name)?.file); }, () => undefined);
    await expect(reading).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(`${second}.*SHA-256`) });
    expect([...seen]).toEqual([first]);
  });

  it('whose checksums hold for every shard is read', async () => {
    const files = new Map(tiny).set('checksums.json', jsonBytes(await sums(tiny)));
    expect((await load(files)).tensors.size).toBeGreaterThan(0);
  });

  it('with another size than written down is refused with both sizes', async () => {
    const wrong = await sums(tiny);
    wrong[first] = { bytes: 7, sha256: wrong[first]?.sha256 ?? '' };
    const files = new Map(tiny).set('checksums.json', jsonBytes(wrong));
    await expect(load(files)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('expected 7 bytes') });
  });

  it('with malformed checksums is refused by the place in the file', async () => {
    const files = new Map(tiny).set('checksums.json', jsonBytes({ [first]: { bytes: 1, sha256: 'x' } }));
    await expect(load(files)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(/checksums\.json.*sha256/) });
  });

  it('whose index names a tensor that the shard lacks is refused by both names', async () => {
    const files = rewriteIndex((map) => { map['multi_modal_projector.linear_3.weight'] = first; });
    await expect(load(files)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(`linear_3.*${first}`) });
  });

  it('whose shard holds a tensor that the index lacks is refused by both names', async () => {
    const files = rewriteIndex((map) => { delete map['multi_modal_projector.linear_1.bias']; });
    await expect(load(files)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(`${first}.*linear_1\\.bias`) });
  });

  it('with one tensor under two names is refused', async () => {
    const twin = serialise([{ name: 'model.multi_modal_projector.linear_1.bias', dtype: 'F32', shape: [16], bytes: new Uint8Array(64) }]);
    const files = rewriteIndex((map) => { map['model.multi_modal_projector.linear_1.bias'] = 'twin.safetensors'; }).set('twin.safetensors', twin);
    await expect(load(files)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(`linear_1\\.bias.*${first}.*twin`) });
  });

  it('whose index points out of its folder is refused', async () => {
    const files = rewriteIndex((map) => { map['multi_modal_projector.linear_1.bias'] = '../elsewhere.safetensors'; });
    await expect(load(files)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining(index) });
  });

  it('with integer weights is refused as unsupported by the name of the tensor', async () => {
    const packed = serialise([{ name: 'lm_head.weight', dtype: 'U8', shape: [4], bytes: new Uint8Array(4) }]);
    const files = rewriteIndex((map) => { map['lm_head.weight'] = 'packed.safetensors'; }).set('packed.safetensors', packed);
    await expect(load(files)).rejects.toMatchObject({ code: 'checkpoint/unsupported', message: expect.stringMatching('lm_head.weight.*U8') });
  });

  it('with a configuration that is not JSON is refused by the name of the file', async () => {
    const files = changed(tiny, 'config.json', (bytes) => bytes.slice(0, 20));
    await expect(load(files)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('config.json') });
  });
});

describe('a stumbling network', () => {
  it('is tried again, and a download that broke begins anew', async () => {
    vi.useFakeTimers();
    const rest = serving(tiny);
    const broken = new Set(['config.json', second]);
    const stumbling: typeof fetch = (input) => {
      const file = String(input).split('/').at(-1) ?? '';
      if (!broken.delete(file)) return rest(input);
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
      code: 'checkpoint/missing-file', message: expect.stringMatching(/\/m\/tiny\/.* 4 tries.*503/),
    });
    await vi.runAllTimersAsync();
    await opening;
    expect(calls.filter((url) => url.endsWith('/config.json'))).toHaveLength(4);
  });

  it('is not blamed for a refusal, which is not tried again', async () => {
    let calls = 0;
    const refusing: typeof fetch = () => {
      calls++;
      return Promise.resolve(new Response('no', { status: 403 }));
    };
    await expect(openCheckpoint('/m/tiny', refusing)).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining('403') });
    expect(calls).toBeLessThanOrEqual(6);
  });
});

