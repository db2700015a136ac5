import { describe, expect, test } from 'vitest';
import {
  formatAccuracy,
  formatBytes,
  formatEta,
  formatInterval,
  formatLearningRate,
  formatMilliseconds,
  formatSeconds,
} from './quantities.js';

describe('quantities', () => {
  test('formatSeconds() rounds to what a person waits for, and carries', () => {
    expect([0, 4.23, 9.96, 59.6, 125, 3599.7, 11_220].map(formatSeconds)).toEqual([
      '0.0 s',
      '4.2 s',
      '10 s',
      '1 min 00 s',
      '2 min 05 s',
      '1 h 00 min',
      '3 h 07 min',
    ]);
  });

  test('formatEta() is empty while nobody can know, and rounds to five seconds beyond a minute', () => {
    expect(formatEta(null)).toBe('');
    expect(formatEta({ secondsRemaining: Number.NaN })).toBe('');
    expect(formatEta({ secondsRemaining: 0 })).toBe('nearly done');
    expect(formatEta({ secondsRemaining: 0.2 })).toBe('about 1.0 s left');
    expect(formatEta({ secondsRemaining: 42.4 })).toBe('about 42 s left');
    expect(formatEta({ secondsRemaining: 123 })).toBe('about 2 min 05 s left');
  });

  test('formatAccuracy() and formatInterval() show per cent of 0–1', () => {
    expect(formatAccuracy(0.928104)).toBe('92.8 %');
    expect(formatInterval(0.928104, { low: 0.8759, high: 0.9592 })).toBe('92.8 % (87.6–95.9)');
    expect(formatInterval(0.5, null)).toBe('50.0 %');
    expect(formatInterval(undefined, null)).toBe('-');
  });

  test('formatMilliseconds() keeps three digits', () => {
    expect([0.4211, 8.309, 27.46, 1240.4].map(formatMilliseconds)).toEqual([
      '0.42 ms',
      '8.31 ms',
      '27.5 ms',
      '1240 ms',
    ]);
  });

  test('formatBytes() uses decimal units and never shows 1000 of one', () => {
    expect([0, 999, 1000, 4_980_000, 999_600, 44_700_000_000].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.00 kB',
      '4.98 MB',
      '1.00 MB',
      '44.7 GB',
    ]);
  });

  test('formatLearningRate() keeps two digits at every magnitude', () => {
    expect([0.1, 0.012345, 0.00031, 0.0000149].map(formatLearningRate)).toEqual(['0.1', '0.012', '0.00031', '1.5e-5']);
  });

  test('every format shows a dash for what is absent or not finite', () => {
    for (const format of [formatAccuracy, formatBytes, formatLearningRate, formatMilliseconds, formatSeconds]) {
      expect([undefined, null, Number.NaN, Number.POSITIVE_INFINITY].map(format)).toEqual(['-', '-', '-', '-']);
    }
  });
});
