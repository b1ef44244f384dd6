import { fc } from '../support/properties.js';
import { describe, expect, test } from 'vitest';
import { escapeHtml, html, shorten } from '../../report/html.js';
import { codeBlock, codeSpan, prose } from '../../report/markdown.js';
import { renderMarkdownSummary } from '../../report/render-markdown-summary.js';
import { shellQuote } from '../../report/sections/commands.js';
import { reportFixture } from './report-fixture.js';

describe('HTML', () => {
  test('text is escaped, markup is not', () => {
    const inner = html`<b title="${'"'}">${'<i>'}</b>`;
    expect(html`<p>${inner}${['&', html`<br />`]}${7}</p>`.markup).toBe(
      '<p><b title="&#34;">&#60;i&#62;</b>&#38;<br />7</p>',
    );
  });

  test('no text can leave an element or an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!#\d+;)/);
      }),
    );
  });

  test('what has no shape or turns text around becomes visible, line breaks stay', () => {
    expect(escapeHtml('a\u0000\u001b[31m\u202Egpj\u2066\uD800\n😀')).toBe('a��[31m�gpj��\n😀');
  });

  test('long text is cut in the middle, between characters', () => {
    expect(shorten('😀'.repeat(10), 4)).toBe('😀😀…😀');
    expect(shorten('short', 5)).toBe('short');
  });
});

describe('Markdown', () => {
  test.each([
    ['plain', '`plain`'],
    ['a`b``c', '```a`b``c```'],
    ['`', '`` ` ``'],
    ['a|b\n# c', '`a\\|b # c`'],
    ['', '` `'],
  ])('%j becomes the code span %s', (text, span) => expect(codeSpan(text)).toBe(span));

  test('a block of code cannot be closed from inside', () => {
    expect(codeBlock('a\n````\nb')).toBe('`````text\na\n````\nb\n`````');
  });

  test('the summary names the positive class in a code span and shows the report', async () => {
    const input = await reportFixture({ classes: ['<b>|@all', 'other'] });
    const summary = renderMarkdownSummary(input);
    expect(summary).toContain('of 372 evaluation pictures right');
    expect(summary).toContain('| ROC AUC (`<b>\\|@all`) |');
    expect(summary).toContain('weighted avg');
    expect(summary).toContain('1,478 + 2 + 0 = 1,480');
  });

  test('a sentence from outside stays a sentence', () => {
    expect(prose('**a** <b> [c](d)\n# e | `f` @all &amp; \\')).toBe(
      '\\*\\*a\\*\\* \\<b\\> \\[c\\](d) \\# e \\| \\`f\\` @\u200Ball \\&amp; \\\\',
    );
  });
});

describe('commands', () => {
  test.each([
    ['sample', 'sample'],
    ['https://example.org/a.zip', 'https://example.org/a.zip'],
    ['my pictures', `'my pictures'`],
    ["it's; rm -rf ~", `'it'\\''s; rm -rf ~'`],
    ['$(reboot)\nreboot', `'$(reboot) reboot'`],
    ['-rf', `'-rf'`],
    ['', `''`],
  ])('%j is quoted as %s', (text, quoted) => expect(shellQuote(text)).toBe(quoted));
});
