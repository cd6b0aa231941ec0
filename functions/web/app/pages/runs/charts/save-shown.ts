/** Files that are made of what a page shows. */
import { type CsvRow, csvText } from '../../../data/csv-text.ts';
import { saveFile } from '../../../ui/save-file.ts';

export const saveCsv = (name: string, rows: readonly object[]): void =>
  saveFile(`${name}.csv`, 'text/csv;charset=utf-8', csvText(rows as readonly CsvRow[]));

export const saveJson = (name: string, value: unknown): void =>
  saveFile(`${name}.json`, 'application/json', JSON.stringify(value, undefined, 2));

interface Legend {
  readonly label: string;
  readonly color: string;
}

const LINE_PX = 18;
const MOST_NAMES = 20;

function paint(to: CanvasRenderingContext2D, title: string, names: readonly Legend[]): void {
  const style = getComputedStyle(document.body);
  to.fillStyle = style.color;
  to.font = '600 15px sans-serif';
  to.fillText(title, 12, 20);
  to.font = '12px sans-serif';
  names.forEach(({ label, color }, index) => {
    const y = to.canvas.height / devicePixelRatio - (names.length - index) * LINE_PX + 4;
    to.fillStyle = color;
    to.fillRect(12, y - 5, 16, 3);
    to.fillStyle = style.color;
    to.fillText(label.slice(0, 90), 36, y);
  });
}

/** A chart with its title and the names of its lines, on the colour of the page. */
export function savePng(title: string, chart: HTMLCanvasElement, lines: readonly Legend[]): void {
  const names = lines.slice(0, MOST_NAMES);
  const canvas = document.createElement('canvas');
  const [above, below] = [30 * devicePixelRatio, (names.length * LINE_PX + 8) * devicePixelRatio];
  canvas.width = chart.width;
  canvas.height = chart.height + above + below;
  const to = canvas.getContext('2d');
  if (to === null) return;
  to.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
  to.fillRect(0, 0, canvas.width, canvas.height);
  to.drawImage(chart, 0, above);
  to.scale(devicePixelRatio, devicePixelRatio);
  paint(to, title, names);
  canvas.toBlob((image) => image !== null && saveFile(`${title}.png`, 'image/png', image));
}
