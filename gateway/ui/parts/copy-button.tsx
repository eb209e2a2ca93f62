import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useTexts } from '../text/text.ts';
import { Icon } from './icons.tsx';
import { tellFailed } from './notices.tsx';

const SAID_MS = 1500;

/** Copies a text to the clipboard. */
export function CopyButton({ text, label }: { readonly text: () => string; readonly label: string }): VNode {
  const t = useTexts();
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return undefined;
    const timer = setTimeout(() => setDone(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [isDone]);
  const copy = async (): Promise<void> => {
    try {
      await writeClipboard(text());
      setDone(true);
    } catch (thrown) {
      tellFailed(thrown);
    }
  };
  return (
    <button type="button" class="small" onClick={() => void copy()}>
      <Icon name={isDone ? 'check' : 'copy'} />
      <span aria-live="polite">{isDone ? t.common.copied : label}</span>
    </button>
  );
}

/**
 * Browsers have `navigator.clipboard` only over HTTPS and on loopback. Elsewhere the deprecated `execCommand` copies.
 */
async function writeClipboard(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  // oxlint-disable-next-line typescript/no-deprecated
  document.execCommand('copy');
  area.remove();
  return undefined;
}
