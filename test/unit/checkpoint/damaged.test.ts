import { describe, expect, it } from 'vitest';
import { filesSource } from '../../../src/checkpoint/files-source';
import { openCheckpoint } from '../../../src/checkpoint/open';
import { serialise } from '../../../src/checkpoint/safetensors';
import { changed, type Files, fixture, jsonBytes, serving, without } from '../../support/folder';
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

async function sums(files: Files): Promise<Record<string, { bytes: number; sha256: string }>> {
  const shards = [...files].filter(([name]) => name.endsWith('.safetensors'));
  return Object.fromEntries(await Promise.all(shards.map(async ([name, bytes]) => {
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
    return [name, { bytes: bytes.length, sha256: digest }] as const;
  })));
}

describe('a damaged checkpoint', () => {
  it.each(['config.json', first])('without %s is refused by the name of the file', async (file) => {
    await expect(load(without(tiny, file))).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining(file) });
  });

  it('with the weights of a pickle is refused with what to do', async () => {
    const files = without(tiny, index).set('pytorch_model.bin', new Uint8Array(5));
    await expect(load(files)).rejects.toMatchObject({
      code: 'checkpoint/unsupported', message: expect.stringContaining('pytorch_model.bin'), remedy: expect.stringContaining('save_pretrained'),
    });
  });

  it('with shards and no index is refused by the name of the index', async () => {
    const files = [...without(tiny, index)].map(([name, bytes]) => new File([bytes], name));
    await expect(openCheckpoint(filesSource('tiny', files))).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringMatching(`${index}.*${first}`) });
  });

  it('that is a folder of GGUF files is refused by their names', async () => {
    const files = [new File(['x'], 'a.gguf'), new File(['x'], 'b.gguf')];
    await expect(openCheckpoint(filesSource('tiny', files))).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining('a.gguf, b.gguf') });
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

  it('with a truncated shard is refused with both lengths, before a number is read', async () => {
    const whole = tiny.get(second)?.length as number;
    const files = changed(tiny, second, (bytes) => bytes.slice(0, whole - 5));
    await expect(openCheckpoint('/m/tiny', serving(files))).rejects.toMatchObject({
      code: 'checkpoint/corrupt', message: expect.stringMatching(`${second}.*${whole}.*${whole - 5}`),
    });
  });

  it.each([3, 20])('with a shard of %i bytes is refused by its name', async (length) => {
    const files = changed(tiny, second, (bytes) => bytes.slice(0, length));
    await expect(load(files)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(`${second}.*${length}`) });
  });

  it('with a shard that goes on after its last tensor is refused', async () => {
    const whole = tiny.get(second)?.length as number;
    const files = changed(tiny, second, (bytes) => new Uint8Array([...bytes, 0]));
    await expect(load(files)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(`${second}.*${whole}.*${whole + 1}`) });
  });

  it('with one flipped bit is refused by its checksum', async () => {
    const files = changed(tiny, second, (bytes) => {
      bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
      return bytes;
    }).set('checksums.json', jsonBytes(await sums(tiny)));
    const checkpoint = await openCheckpoint('/m/tiny', serving(files));
    await expect(readAll(checkpoint)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(`${second}.*checksums.json.*SHA-256`) });
  });

  it('whose shard changes between its header and its numbers is refused', async () => {
    await using server = await shardServer(tiny);
    const checkpoint = await openCheckpoint(server.url);
    server.files.set(second, changed(tiny, second, (bytes) => bytes.fill(1, -4)).get(second) as Uint8Array<ArrayBuffer>);
    await expect(readAll(checkpoint)).rejects.toMatchObject({ code: 'checkpoint/changed', message: expect.stringContaining(second) });
  });

  it('whose checksums hold for every shard is read', async () => {
    const files = new Map(tiny).set('checksums.json', jsonBytes(await sums(tiny)));
    expect((await load(files)).tensors.size).toBeGreaterThan(0);
  });

  it('with another size than written down is refused with both sizes', async () => {
    const wrong = await sums(tiny);
    wrong[first] = { bytes: 7, sha256: wrong[first]?.sha256 ?? '' };
    const files = new Map(tiny).set('checksums.json', jsonBytes(wrong));
    await expect(load(files)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(`${first}: expected 7 bytes by checksums.json, found ${tiny.get(first)?.length}`) });
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
