import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react';
import { type ButtonKind, buttonClass } from './button.tsx';
import './menu.css';

interface MenuProps {
  readonly label: ReactNode;
  readonly kind?: ButtonKind;
  /** Buttons and links; a click on one closes it. */
  readonly children: ReactNode;
  /** Keeps open after a click inside: for lists of boxes. */
  readonly stays?: boolean;
}

const ITEMS = ':is(a[href], button, input, select):not(:disabled)';

/** The arrows go from one to the next, round the ends; where there is something to type, they stay its own. */
function moveFocus(menu: HTMLElement, key: string): boolean {
  const items = [...menu.querySelectorAll<HTMLElement>(ITEMS)];
  const at = items.findIndex((item) => item.matches(':focus'));
  if (items[at]?.matches('select, input:not([type="checkbox"], [type="radio"])')) return false;
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[key];
  if (to === undefined) return false;
  items.at(to % items.length)?.focus();
  return true;
}

/** A button with what belongs to it below: the browser's own popover, which Escape closes. */
export function Menu({ label, kind = 'plain', children, stays = false }: MenuProps) {
  const id = useId();
  const popover = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const place = (): void => {
    const [at, menu] = [button.current?.getBoundingClientRect(), popover.current];
    if (at === undefined || menu === null) return;
    const left = Math.min(at.left, window.innerWidth - menu.offsetWidth - 8);
    menu.style.left = `${Math.max(8, left)}px`;
    menu.style.top = `${at.bottom + 4}px`;
  };
  const move = (event: KeyboardEvent): void => {
    const menu = popover.current;
    if (menu !== null && moveFocus(menu, event.key)) event.preventDefault();
  };
  const enter = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' || popover.current === null) return;
    event.preventDefault();
    popover.current.showPopover();
    moveFocus(popover.current, 'Home');
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={buttonClass(kind)}
        popoverTarget={id}
        onKeyDown={enter}
      >
        {label}
        <span aria-hidden="true">▾</span>
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only closes after what is inside was used */}
      <div
        ref={popover}
        id={id}
        popover="auto"
        className="menu"
        onToggle={place}
        onKeyDown={move}
        onClick={() => {
          if (!stays) popover.current?.hidePopover();
        }}
      >
        {children}
      </div>
    </>
  );
}
