import { createElement, type ReactNode } from 'react';
import { type Block, type Inline, readInline, readMarkdown } from './read-markdown.ts';
import './markdown.css';

/** Markdown from outside, as elements: no HTML of it is ever one. Its headings stand below those of the page. */
export const Markdown = ({ text }: { readonly text: string }) => (
  <div className="markdown" dir="auto">
    <Blocks blocks={readMarkdown(text)} />
  </div>
);

const Blocks = ({ blocks }: { readonly blocks: readonly Block[] }) =>
  blocks.map((block, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no names, and the text is shown as a whole
    <BlockOf key={index} block={block} />
  ));

function BlockOf({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case 'heading':
      return createElement(`h${Math.min(block.level + 2, 6)}`, undefined, inline(block.text));
    case 'paragraph':
      return <p>{inline(block.text)}</p>;
    case 'quote':
      return (
        <blockquote>
          <Blocks blocks={block.blocks} />
        </blockquote>
      );
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        <pre tabIndex={0}>{block.text}</pre>
      );
    case 'rule':
      return <hr />;
    case 'list':
      return createElement(
        block.ordered ? 'ol' : 'ul',
        undefined,
        block.items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: items have no names
          <li key={index}>{inline(item)}</li>
        )),
      );
    case 'table':
      return <TableOf head={block.head} rows={block.rows} />;
  }
}

interface TableProps {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const TableOf = ({ head, rows }: TableProps) => (
  <div className="markdown-table">
    <table>
      <thead>
        <tr>
          {head.map((cell, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name
            <th key={index} scope="col">
              {inline(cell)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
          <tr key={index}>
            {/* Short rows stay short: a wide head over many of them would make cells without end. */}
            {row.slice(0, head.length).map((cell, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other name
              <td key={column}>{inline(cell)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const inline = (text: string): ReactNode =>
  readInline(text).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts have no names
    <InlineOf key={index} part={part} />
  ));

function InlineOf({ part }: { readonly part: Inline }) {
  if (part.kind === 'link') {
    return (
      <a href={part.href} target="_blank" rel="noreferrer noopener nofollow">
        {part.text}
      </a>
    );
  }
  if (part.kind === 'code') return <code>{part.text}</code>;
  if (part.kind === 'strong') return <strong>{part.text}</strong>;
  if (part.kind === 'emphasis') return <em>{part.text}</em>;
  return part.text;
}
