import { describe, expect, test } from 'vitest';
import { BlockSplitter } from './blockSplitter.ts';

const document = [
  '# Title', 'A paragraph with **bold**\nand a second line.', '1. one\n2. two\n   - inner\n\n   more of two\n3. three', '```js\nconst a = 1;\n\nconst b = 2;\n```',
  '| a | b |\n| - | - |\n| 1 | 2 |', '> quoted\n> twice', 'Setext\n======', '- [ ] task', '<div>raw</div>', 'See [the docs][1].', '[1]: https://example.org/docs',
].join('\n\n');

describe('Markdown that grows', () => {
  test('has the same blocks piece by piece as at once', () => {
    const growing = new BlockSplitter();

    for (let end = 1; end <= document.length; end += 3) growing.split(document.slice(0, end));

    expect(growing.split(document)).toEqual(new BlockSplitter().split(document));
    expect(growing.split(document)).toHaveLength(11);
  });

  test('keeps every block but the last one as the same string', () => {
    const splitter = new BlockSplitter();
    const before = splitter.split('One.\n\nTwo.\n\nThr');

    const after = splitter.split('One.\n\nTwo.\n\nThree.\n\nFour');

    expect(after.map((block) => block.trim())).toEqual(['One.', 'Two.', 'Three.', 'Four']);
    expect(before.slice(0, 2)).toEqual(after.slice(0, 2));
  });

  test('gives link definitions to the blocks that use them', () => {
    const [first, second] = new BlockSplitter().split('See [x].\n\nNo link (x).\n\n[x]: https://example.org');

    expect([first, second?.trim()]).toEqual(['See [x].\n\n[x]: https://example.org', 'No link (x).']);
  });

  test('begins anew when the text is another one', () => {
    const splitter = new BlockSplitter();
    splitter.split('One.\n\nTwo.');

    expect(splitter.split('Else.\r\n\r\nMore.').map((block) => block.trim())).toEqual(['Else.', 'More.']);
  });
});
