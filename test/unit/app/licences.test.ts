import { expect, test } from 'vitest';
import { fetchLicences } from '../../../src/app/licences';

/** A server that has `files` by data set, and answers 404 for the rest. */
const server = (files: Record<string, string>): typeof fetch => (url) => {
  const body = Object.entries(files).find(([dataSet]) => String(url).includes(`/${dataSet}/`))?.[1];
  return Promise.resolve(body === undefined ? new Response(null, { status: 404 }) : new Response(body));
};
const emoji = { style: 'noto', package: '@iconify-json/noto', version: '1.2.9', licence: 'Apache-2.0', attribution: 'Google', url: 'https://example.org' };
const stamps = { ...emoji, style: 'stamps', package: 'tuxpaint-stamps-default', licence: 'GPL-2.0-or-later' };

test('licences are read as they stand beside each data set', async () => {
  expect(await fetchLicences(server({ emoji: JSON.stringify([emoji]), stamps: JSON.stringify([stamps]) }))).toEqual([emoji, stamps]);
});

test('a build without the stamps says what they would be under', async () => {
  expect(await fetchLicences(server({ emoji: JSON.stringify([emoji]) })))
    .toMatchObject([emoji, { style: 'stamps', package: 'tuxpaint-stamps-default', version: null, licence: 'GPL-2.0-or-later' }]);
});

test('a build without bundled art has no licences of it to show', async () => {
  expect((await fetchLicences(server({}))).map(({ style }) => style)).toEqual(['stamps']);
});

test.each(['<!doctype html>', '[{"style":"noto"}]'])('a file that is no list of licences (%s) is refused by name', async (body) => {
  for (const dataSet of ['emoji', 'stamps']) {
    await expect(fetchLicences(server({ [dataSet]: body })))
      .rejects.toMatchObject({ code: 'data/malformed-record', message: expect.stringContaining(`${dataSet}/licences.json`) as string });
  }
});
