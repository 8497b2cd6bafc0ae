/** The one bar over two models at work, and the time that is left. */
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/comd/events';
import { Forecast } from '../../../src/comd/forecast';
import { Progress } from '../../../src/comd/progress';

function told() {
  const events: Extract<RunEvent, { type: 'progress' }>[] = [];
  const progress = new Progress((event) => { if (event.type === 'progress') events.push(event); });
  return { progress, events };
}

describe('progress', () => {
  it('shows work done ahead only once its phase has come', () => {
    const { progress, events } = told();
    progress.expect(1, 'tune', 10);
    progress.expect(1, 'assess', 4);
    progress.add(1, 'assess', { kind: 'assess', items: 3, tokens: 30, seconds: 1 });
    progress.add(1, 'tune', { kind: 'tune', items: 5, tokens: 50, seconds: 2 });
    progress.finish(1, 'tune');
    expect(events.map(({ phase, done, of }) => [phase, done, of])).toEqual([['tune', 5, 10], ['assess', 3, 4]]);
    expect(events[0]?.tokensPerSecond).toBe(25);
  });

  it('counts in a bar only the work that the bar is about', () => {
    const { progress, events } = told();
    progress.expect(1, 'assess', 4, { 'student answer': 4 });
    progress.add(1, 'assess', { kind: 'student answer', items: 4, tokens: 30, seconds: 1 });
    progress.add(1, 'assess', { kind: 'assess', items: 1, tokens: 8, seconds: 2 });
    expect(events).toMatchObject([{ done: 1, of: 4, seconds: 2, tokensPerSecond: 4 }]);
  });
});

describe('the forecast', () => {
  it('is silent until something has been measured', () => {
    const forecast = new Forecast();
    forecast.expect(1, 'tune', 'tune', 10);
    expect(forecast.secondsLeft()).toBeNull();
  });

  it('multiplies what is left by what it cost so far', () => {
    const forecast = new Forecast();
    forecast.expect(1, 'tune', 'tune', 10);
    forecast.spend(1, 'tune', 'tune', 4, 8);
    expect(forecast.secondsLeft()).toBeCloseTo(12);
  });

  it('lets a stage last as long as the busier model', () => {
    const forecast = new Forecast();
    forecast.expect(1, 'tune', 'tune', 11);
    forecast.expect(1, 'assess', 'teacher answer', 11);
    forecast.spend(1, 'tune', 'tune', 1, 2);
    forecast.spend(1, 'assess', 'teacher answer', 1, 5);
    expect(forecast.secondsLeft()).toBeCloseTo(50);
  });

  it('adds up stages, and forgets what a phase did not need', () => {
    const forecast = new Forecast();
    forecast.expect(1, 'tune', 'tune', 2);
    forecast.expect(2, 'tune', 'tune', 3);
    forecast.spend(1, 'tune', 'tune', 1, 1);
    expect(forecast.secondsLeft()).toBeCloseTo(4);
    forecast.finish(1, 'tune');
    expect(forecast.secondsLeft()).toBeCloseTo(3);
  });
});
