import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkName, toSlug } from './slug.ts';

test.each([
  ['My Lab', 'my-lab'],
  ['ComfyUI 2.1_beta', 'comfyui-2-1-beta'],
  ['  two   spaces ', 'two-spaces'],
  ['Größe', 'groesse'],
  ['Café crème', 'cafe-creme'],
  ['---', ''],
])('the slug of %j is %j', (name, slug) => {
  expect(toSlug(name)).toBe(slug);
});

test('names in other scripts get different slugs', () => {
  const slugs = ['図書館', '図書室', 'лаборатория', 'Lab 図', 'Lab 書'].map(toSlug);
  expect(new Set(slugs).size).toBe(slugs.length);
  expect(toSlug('Lab 図')).toMatch(/^lab-[a-z0-9]{7}$/);
});

test.each([
  ['', 'empty'], ['   ', 'empty'], ['x'.repeat(81), 'too_long'], ['.hidden', 'leading_dot'], [' .hidden', 'leading_dot'],
  ['a/b', 'characters'], ['a\\b', 'characters'], ['$(x)', 'characters'], ['a;b', 'characters'], ['a"b', 'characters'],
  ['a\nb', 'characters'], ['..', 'leading_dot'], ['-_-', 'slug_empty'],
] as const)('the name %j is refused as %s', (name, problem) => {
  expect(checkName(name)).toBe(problem);
});

test.each(['a', 'My Lab', 'v1.2_final-3', 'Größe', '図', 'हिन्दी', 'x'.repeat(80)])('the name %j is accepted', (name) => {
  expect(checkName(name)).toBeNull();
});

test('a slug is a DNS label, its own slug, and never empty for an accepted name', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (name) => {
    const slug = toSlug(name);
    expect(slug).toMatch(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$/);
    expect(toSlug(slug)).toBe(slug);
    if (checkName(name) === null) expect(slug).not.toBe('');
  }));
});

test('names that differ in more than case and separators rarely share a slug', () => {
  const letters = fc.string({ unit: fc.constantFrom(...Array.from('図書館室лабораторияabc')), minLength: 1, maxLength: 12 });
  fc.assert(fc.property(letters, letters, (left, right) => {
    fc.pre(left !== right);
    expect(toSlug(left)).not.toBe(toSlug(right));
  }));
});
