/** The failure signs on hand-made reports: each is seen where it is there, and not where it is not. */
import { describe, expect, test } from 'vitest';
import { healthOf, healthOfAll, watched } from '../../../../src/comd/health';
import type { SignName } from '../../../../src/comd/health/sign';
import type { Observed } from '../../../../src/comd/observe';
import type { IterationReport } from '../../../../src/comd/report';
import { noCost } from '../../../../src/comd/cost';

const nothing: Observed = { answers: null, marks: null, positions: null, written: null };

/** An iteration in which nothing is wrong, over 400 test items. */
function report(iteration: number, changed: Partial<IterationReport> = {}): IterationReport {
  const accuracy = 0.3 + 0.1 * iteration;
  return {
    iteration, tuningPool: 1600, cachePool: 1600, assessed: 400, difficult: 150, easy: 240, unparsable: 10, unverifiable: 0,
    generated: 1000, kept: 600, dropped: { duplicate: 200, 'too similar': 100, 'too short': 100 }, accuracy,
    byType: { name: { accuracy, items: 250 }, count: { accuracy, items: 150 } }, heldOutStyle: null, histogram: [],
    losses: Array.from({ length: 100 }, (_, step) => 2 / (1 + step / 10)), seconds: { tune: 1, evaluate: 1, assess: 1, augment: 1 }, cost: noCost,
    observed: {
      answers: { items: 400, commonest: 'yes', given: 0.3, trueOf: 0.2 }, marks: { compared: 100, preferred: 90 },
      positions: { compared: 200, flipped: 10, shift: 0.4 }, written: { judged: 600, irrelevant: 60 },
    },
    ...changed,
  };
}

const seenIn = (...reports: IterationReport[]): SignName[] => healthOf(reports).map(({ sign }) => sign);
const withObserved = (observed: Partial<Observed>) => report(1, { observed: { ...nothing, ...observed } });
const accuracies = (...values: number[]) => values.map((accuracy, i) => report(i + 1, { accuracy }));

describe('a healthy run', () => {
  test('shows no sign in any iteration', () => {
    expect(healthOfAll([1, 2, 3, 4].map((k) => report(k)))).toEqual([]);
  });

  test('shows none in a last iteration that assessed and wrote nothing', () => {
    expect(seenIn(report(1), report(2, { assessed: 0, difficult: 0, easy: 0, unparsable: 0, generated: 0, kept: 0, dropped: {}, observed: nothing }))).toEqual([]);
  });

  test('shows none where there are no test items to judge the student on', () => {
    expect(healthOfAll([1, 2, 3, 4].map((k) => report(k, { accuracy: null, byType: {}, observed: { ...nothing } })))).toEqual([]);
  });

  test('shows none in a report of a version that observed nothing', () => {
    const { observed: _, ...old } = report(1);
    expect(seenIn(old)).toEqual([]);
  });

  test('has nothing to say before its first iteration', () => {
    expect(healthOf([])).toEqual([]);
  });
});

describe('plateau', () => {
  test('is two iterations that gain no more than chance', () => {
    const [sign] = healthOf(accuracies(0.5, 0.6, 0.61, 0.62));
    expect(sign).toMatchObject({ sign: 'plateau', iteration: 4 });
    expect(sign?.seen).toContain('60.0 % in iteration 2 to 62.0 %');
  });

  test('is not one iteration without a gain, nor a slow climb beyond chance', () => {
    expect(seenIn(...accuracies(0.5, 0.6, 0.6))).toEqual([]);
    expect(seenIn(...accuracies(0.6, 0.625, 0.65))).toEqual([]);
  });

  test('is not told of a student that has learned almost all', () => {
    expect(seenIn(...accuracies(0.97, 0.98, 0.98))).toEqual([]);
  });

  test('gives way to degradation', () => {
    expect(seenIn(...accuracies(0.7, 0.71, 0.5))).toEqual(['degradation']);
  });
});

describe('degradation', () => {
  test('is a fall from the best iteration before, beyond chance', () => {
    const [sign] = healthOf(accuracies(0.5, 0.7, 0.6));
    expect(sign).toMatchObject({ sign: 'degradation', iteration: 3 });
    expect(sign?.seen).toContain('60.0 % of the test items, after 70.0 % in iteration 2');
  });

  test('is not a fall that chance explains: five points of 400 items, or fifteen of 40', () => {
    expect(seenIn(...accuracies(0.7, 0.65))).toEqual([]);
    const few = accuracies(0.7, 0.55).map((one) => ({ ...one, byType: { name: { accuracy: 0.5, items: 40 } } }));
    expect(seenIn(...few)).toEqual([]);
  });
});

describe('divergence', () => {
  const losing = (losses: number[]) => report(1, { losses });

  test('is a loss that ends well above where it had been', () => {
    const [sign] = healthOf([losing([...Array.from({ length: 80 }, () => 0.5), ...Array.from({ length: 20 }, () => 1.2)])]);
    expect(sign).toMatchObject({ sign: 'divergence' });
    expect(sign?.seen).toContain('ended at 1.20, after it had been down at 0.50');
  });

  test('is neither a jump of one batch, nor noise near 0, nor a loss of few steps', () => {
    expect(seenIn(losing([...Array.from({ length: 99 }, () => 0.5), 2]))).toEqual([]);
    expect(seenIn(losing([...Array.from({ length: 80 }, () => 0.02), ...Array.from({ length: 20 }, () => 0.1)]))).toEqual([]);
    expect(seenIn(losing([0.5, 0.5, 3, 3, 3]))).toEqual([]);
    expect(seenIn(losing([]))).toEqual([]);
  });
});

describe('collapse', () => {
  test('is one answer to far more items than it is true of', () => {
    const [sign] = healthOf([withObserved({ answers: { items: 400, commonest: 'yes', given: 0.6, trueOf: 0.2 } })]);
    expect(sign).toMatchObject({ sign: 'collapse' });
    expect(sign?.seen).toContain('"yes" to 60 %');
  });

  test('is not an answer that is often true, nor one among few items', () => {
    expect(seenIn(withObserved({ answers: { items: 400, commonest: 'yes', given: 0.6, trueOf: 0.5 } }))).toEqual([]);
    expect(seenIn(withObserved({ answers: { items: 10, commonest: 'yes', given: 1, trueOf: 0.2 } }))).toEqual([]);
  });
});

describe('difficult share', () => {
  const split = (difficult: number, easy: number) => seenIn(report(1, { difficult, easy }));

  test('is seen below 5 and above 60 per cent', () => {
    expect(split(19, 381)).toEqual(['difficult share']);
    expect(split(241, 159)).toEqual(['difficult share']);
    expect(split(20, 380)).toEqual([]);
    expect(split(240, 160)).toEqual([]);
  });

  test('is not told of few records, nor where none was assessed', () => {
    expect(split(10, 5)).toEqual([]);
    expect(split(0, 0)).toEqual([]);
  });
});

describe('marks', () => {
  const preferring = (preferred: number, compared: number) => seenIn(withObserved({ marks: { compared, preferred } }));

  test('are seen not to move with correctness below 60 per cent', () => {
    expect(preferring(59, 100)).toEqual(['marks']);
    expect(preferring(60, 100)).toEqual([]);
  });

  test('are not judged by fewer than 20 comparisons', () => {
    expect(preferring(0, 19)).toEqual([]);
    expect(preferring(0, 20)).toEqual(['marks']);
  });
});

describe('positions', () => {
  const flipping = (flipped: number, compared: number) => seenIn(withObserved({ positions: { compared, flipped, shift: 2 } }));

  test('are seen where more than a fifth of the winners change with the order', () => {
    expect(flipping(21, 100)).toEqual(['positions']);
    expect(flipping(20, 100)).toEqual([]);
    expect(flipping(19, 19)).toEqual([]);
  });
});

describe('unreadable assessments', () => {
  test('are seen where they are more than a fifth', () => {
    expect(seenIn(report(1, { assessed: 100, unparsable: 21 }))).toEqual(['unreadable']);
    expect(seenIn(report(1, { assessed: 100, unparsable: 20 }))).toEqual([]);
    expect(seenIn(report(1, { assessed: 10, unparsable: 10 }))).toEqual([]);
  });
});

describe('augmentation', () => {
  test('is irrelevant where more than a quarter cannot be answered', () => {
    expect(seenIn(withObserved({ written: { judged: 100, irrelevant: 26 } }))).toEqual(['irrelevant']);
    expect(seenIn(withObserved({ written: { judged: 100, irrelevant: 25 } }))).toEqual([]);
    expect(seenIn(withObserved({ written: { judged: 19, irrelevant: 19 } }))).toEqual([]);
  });

  test('is repeating where more than half is dropped as known', () => {
    expect(seenIn(report(1, { generated: 100, dropped: { duplicate: 30, 'too similar': 21, 'too short': 10 } }))).toEqual(['repeating']);
    expect(seenIn(report(1, { generated: 100, dropped: { duplicate: 30, 'too similar': 20, 'too short': 40 } }))).toEqual([]);
    expect(seenIn(report(1, { generated: 10, dropped: { duplicate: 10 } }))).toEqual([]);
  });
});

test('every sign says what was seen with a number, and what to try', () => {
  const wrong = report(3, {
    accuracy: 0.2, assessed: 400, difficult: 390, easy: 5, unparsable: 100, dropped: { duplicate: 900 },
    losses: [...Array.from({ length: 50 }, () => 0.5), ...Array.from({ length: 50 }, () => 5)],
    observed: {
      answers: { items: 400, commonest: 'no', given: 0.9, trueOf: 0.2 }, marks: { compared: 100, preferred: 30 },
      positions: { compared: 100, flipped: 60, shift: 3 }, written: { judged: 100, irrelevant: 90 },
    },
  });
  const signs = [...healthOf([report(1), report(2), wrong]), ...healthOf(accuracies(0.5, 0.5, 0.5))];
  expect(new Set(signs.map(({ sign }) => sign))).toEqual(new Set(watched.map(({ sign }) => sign)));
  for (const sign of signs) {
    expect(sign.iteration).toBe(3);
    expect(sign.seen).toMatch(/\d.*\.$/);
    expect(sign.try).toMatch(/^[A-Z].*\.$/);
  }
});
