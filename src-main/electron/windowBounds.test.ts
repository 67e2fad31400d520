import { expect, test } from 'vitest';
import { planWindowBounds } from './windowBounds.ts';

const laptop = { x: 0, y: 0, width: 1366, height: 768 };
const second = { x: 1366, y: 0, width: 1920, height: 1080 };
const saved = { x: 1500, y: 100, width: 1000, height: 700, isMaximized: false };

test('the first start opens in a size that fits, wherever the system puts it', () => {
  expect(planWindowBounds(null, [laptop])).toEqual({ width: 1280, height: 768 });
});

test('a window comes back where it was', () => {
  expect(planWindowBounds(saved, [laptop, second])).toEqual({ x: 1500, y: 100, width: 1000, height: 700 });
});

test('a window whose screen has gone keeps its size only', () => {
  expect(planWindowBounds(saved, [laptop])).toEqual({ width: 1000, height: 700 });
});

test('a window whose title bar lies above every screen is moved', () => {
  expect(planWindowBounds({ ...saved, x: 10, y: -50 }, [laptop])).toEqual({ width: 1000, height: 700 });
});
