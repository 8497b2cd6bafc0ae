import { describe, expect, test } from 'vitest';
import { pickedFolder } from '../../../../src/app/models/picked';

const entry = (path: string) => ({ path, file: new File([], path.split('/').at(-1) ?? '') });
const pick = (...paths: string[]) => {
  const { name, files } = pickedFolder(paths.map(entry));
  return { name, files: files.map((file) => file.name) };
};

describe('picked files', () => {
  test('are a model by the name of their folder', () => {
    expect(pick('SmolVLM/config.json', 'SmolVLM/model.safetensors')).toEqual({ name: 'SmolVLM', files: ['config.json', 'model.safetensors'] });
  });

  test('leave out folders below the model, whose files have the same names, and hidden ones', () => {
    expect(pick('m/onnx/config.json', 'm/onnx/model.onnx', 'm/config.json', 'm/.git/config.json', 'm/.gitattributes')).toEqual({ name: 'm', files: ['config.json'] });
  });

  test('are found below folders that hold none', () => {
    expect(pick('downloads/readme.txt', 'downloads/models/tiny/config.json')).toEqual({ name: 'tiny', files: ['config.json'] });
    expect(pick('lora/adapter_config.json', 'lora/adapter_model.safetensors').name).toBe('lora');
  });

  test('without a folder are named by their GGUF file', () => {
    expect(pick('smollm2.Q4_1.gguf')).toEqual({ name: 'smollm2.Q4_1', files: ['smollm2.Q4_1.gguf'] });
    expect(pick('config.json', 'model.safetensors').name).toBe('picked files');
  });

  test('are handed on without a checkpoint among them, so that its absence can be named', () => {
    expect(pick('photos/a.png')).toEqual({ name: 'photos', files: ['a.png'] });
  });

  test('are refused when they are two models, or nothing', () => {
    expect(() => pick('models/a/config.json', 'models/b/config.json')).toThrow('Both "models/a" and "models/b"');
    expect(() => pick()).toThrow('no files');
  });
});
