/** The screens of the page, as the address names them. Names only. */
export const screens = ['run', 'models', 'data', 'speed', 'experiments'] as const;
export type Screen = (typeof screens)[number];
/** Those whose scripts are loaded when they are first opened. */
export type LateScreenName = Exclude<Screen, 'run'>;

export const screenTitles: Record<Screen, string> = { run: 'Run', models: 'Models', data: 'Data', speed: 'Speed', experiments: 'Experiments' };

export function isScreen(name: string): name is Screen {
  return (screens as readonly string[]).includes(name);
}
