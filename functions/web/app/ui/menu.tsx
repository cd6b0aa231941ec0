import { type ReactNode, useId, useRef } from 'react';
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
  return (
    <>
      <button ref={button} type="button" className={buttonClass(kind)} popoverTarget={id}>
        {label}
        <span aria-hidden="true">▾</span>
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only closes after what is inside was used */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys press what is inside */}
      <div
        ref={popover}
        id={id}
        popover="auto"
        className="menu"
        onToggle={place}
        onClick={() => {
          if (!stays) popover.current?.hidePopover();
        }}
      >
        {children}
      </div>
    </>
  );
}
