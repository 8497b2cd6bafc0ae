/** The screens of the page, as the address names them. Names only. */
export const screens = ['run', 'models'] as const;
export type Screen = (typeof screens)[number];

export const screenTitles: Record<Screen, string> = { run: 'Run', models: 'Models' };

export function isScreen(name: string): name is Screen {
  return (screens as readonly string[]).includes(name);
}
