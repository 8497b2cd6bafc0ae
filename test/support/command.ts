/** The commands of the terminal as a user runs them, in a process of their own. */
import { spawn } from 'node:child_process';
import { root } from '../../scripts/built';

export interface Ended {
  status: number | null;
  /** What went to the standard output, and to the standard error. */
  out: string;
  err: string;
}

/** Runs `scripts/<name>.ts` to its end. It is no terminal that it writes to. */
export function command(name: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', `scripts/${name}.ts`, ...args], { cwd: root, env: { ...process.env, ...environment } });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => { out += String(text); });
    child.stderr.on('data', (text) => { err += String(text); });
    child.on('close', (status) => resolve({ status, out, err }));
  });
}
