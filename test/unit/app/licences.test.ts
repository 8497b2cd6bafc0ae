import { expect, test } from 'vitest';
import { fetchLicences } from '../../../src/app/licences';

const answer = (body: BodyInit | null, status = 200) => () => Promise.resolve(new Response(body, { status }));
const licence = { style: 'noto', package: '@iconify-json/noto', version: '1.2.9', licence: 'Apache-2.0', attribution: 'Google', url: 'https://example.org' };

test('licences are read as they stand in the file', async () => {
  expect(await fetchLicences('licences.json', answer(JSON.stringify([licence])))).toEqual([licence]);
});

test('a build without bundled art has no licences to show', async () => {
  expect(await fetchLicences('licences.json', answer(null, 404))).toEqual([]);
});

test.each(['<!doctype html>', '[{"style":"noto"}]'])('a file that is no list of licences (%s) is refused by name', async (body) => {
  await expect(fetchLicences('licences.json', answer(body))).rejects.toMatchObject({ code: 'data/malformed-record', message: expect.stringContaining('licences.json') as string });
});
