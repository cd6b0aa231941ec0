/** Pieces of Python that Dioptra's own analysis and ours must say the same of. */

const task = (signature: string): string =>
  `from dioptra import pyplugs\n\n@pyplugs.register\ndef ${signature}:\n    pass\n`;

/** Ways to name the decorator, right and wrong. */
const decorators: readonly (readonly [imports: string, decorator: string])[] = [
  ['import dioptra.pyplugs', 'dioptra.pyplugs.register'],
  ['import dioptra.pyplugs', 'dioptra.pyplugs.register()'],
  ['import dioptra.pyplugs as p', 'p.register'],
  ['import dioptra.pyplugs as p', 'dioptra.pyplugs.register'],
  ['import dioptra.pyplugs as p', 'p.other'],
  ['import dioptra as d', 'd.pyplugs.register'],
  ['import dioptra', 'dioptra.pyplugs.register'],
  ['import dioptra, dioptra.pyplugs', 'dioptra.pyplugs.register'],
  ['import os, dioptra.pyplugs as q', 'q.register'],
  ['from dioptra import pyplugs', 'pyplugs.register'],
  ['from dioptra import pyplugs', 'pyplugs.register(1, name="x")'],
  ['from dioptra import pyplugs', 'pyplugs.register(f)(g)'],
  ['from dioptra import pyplugs', 'pyplugs.register[0]'],
  ['from dioptra import pyplugs', '(pyplugs).register'],
  ['from dioptra import pyplugs', '(pyplugs.register)'],
  ['from dioptra import pyplugs', 'register'],
  ['from dioptra import pyplugs', 'dioptra.pyplugs.register'],
  ['from dioptra import pyplugs as bar', 'bar.register'],
  ['from dioptra import pyplugs as bar', 'pyplugs.register'],
  ['from dioptra import (a, pyplugs as bar,)', 'bar.register()'],
  ['from dioptra.pyplugs import register', 'register'],
  ['from dioptra.pyplugs import register', 'register()'],
  ['from dioptra.pyplugs import register as r', 'r'],
  ['from dioptra.pyplugs import register as r', 'register'],
  ['from dioptra.pyplugs import *', 'register'],
  ['from dioptra.pyplugs import unregister as register', 'register'],
  ['from other import pyplugs', 'pyplugs.register'],
  ['from .dioptra import pyplugs', 'pyplugs.register'],
  ['from ..dioptra.pyplugs import register', 'register'],
  ['from mydioptra.pyplugs import register', 'register'],
  ['', 'pyplugs.register'],
  ['pyplugs = 1', 'pyplugs.register'],
  ['if True:\n    from dioptra import pyplugs', 'pyplugs.register'],
  ['from dioptra import pyplugs\nfrom other import pyplugs', 'pyplugs.register'],
  ['from other import pyplugs\nfrom dioptra import pyplugs', 'pyplugs.register'],
  ['from dioptra import pyplugs\nimport a as pyplugs', 'pyplugs.register'],
  ['from dioptra import pyplugs', 'lambda f: f'],
];

const decorated = decorators.map(
  ([imports, decorator]) =>
    `${imports}\n\n@${decorator}\ndef f(a: int = 1) -> str:\n    return ""\n`,
);

/** Annotations of every shape. */
export const annotations: readonly string[] = [
  ...[
    'int',
    'float',
    'str',
    'bool',
    'None',
    'Any',
    'any',
    'object',
    'list',
    'Foo',
    'INT',
    '_',
    '_x',
  ],
  ...['"int"', "'str'", '"None"', '"Foo"', '"list[int]"', '""', '" "', '"  int "', '"1x"', '"é"'],
  ...[
    '"a b"',
    '"-"',
    '"__a__b__"',
    'u"x"',
    'r"x\\d"',
    '"it\'s"',
    "'a' 'b'",
    '"""long"""',
    'b"int"',
  ],
  ...['typing.Any', 'np.ndarray', 'a.b.c.d', 'typing.Optional', 'os.PathLike', 'A.B'],
  ...[
    'list[int]',
    'List[int]',
    'dict[str,int]',
    'Dict[str, List[int]]',
    'Optional[str]',
    'tuple[()]',
  ],
  ...['Tuple[int, ...]', 'Tuple[(int, str)]', 'tuple[int,]', 'Union[int, None]', 'x[1:2]', 'x[::]'],
  ...['Literal["a"]', "Literal['a', 1, True, None]", 'Literal[-1]', 'Callable[[int], str]'],
  ...[
    'Callable[..., Any]',
    'Callable[[], None]',
    'np.ndarray[Any, np.dtype[np.float64]]',
    'x[0x10]',
  ],
  ...[
    'Annotated[int, Gt(gt=0)]',
    'Annotated[str, "it\'s \\"q\\""]',
    'a.b[c].d',
    'a[b][c]',
    'a().b',
  ],
  ...[
    'int | None',
    'int|str|None',
    'None | None',
    'list[int] | dict[str, int]',
    'int | "str"',
    'a + b',
  ],
  ...[
    '(int)',
    '(int | str)',
    'int | (str | None)',
    'a ** -b',
    '(a ** b) ** c',
    'a - (b - c)',
    '(a, b)',
  ],
  ...[
    '[int]',
    '[int, str]',
    '{}',
    '{"a": int}',
    '{int}',
    '1',
    '1.5',
    '-1',
    '...',
    'True',
    '1_000',
    '0xff',
  ],
  ...['not a', '~a', 'a < b', 'a and b', '(a or b) and c', 'a if b else c', 'f(x)', 'f()'],
  ...['f(x, *y, z=1, **k)', '[x for x in y]', '{x: y for x in z if x}', 'a[b, c]', 'a[b, c:d]'],
  ...['a[b if c else d]', 'a[not b]', 'a[b or c]', 'a[lambda: x]', 'a[-1]', 'a[b](c)'],
  ...[
    'a @ b',
    'a // b % c',
    'a << b >> c & d ^ e | f',
    '(a | b) & c',
    'a | b & c',
    'x["k"]',
    'x[b"k"]',
  ],
  ...[
    "x['\\n']",
    "x['\\\\']",
    'x["é"]',
    'x[1j]',
    'x[1.5]',
    'x[1e100]',
    'x["a" "b"]',
    'Ünicode',
    'été[int]',
  ],
];

const annotated = annotations.flatMap((annotation) => [
  task(`f(a: ${annotation})`),
  task(`f() -> ${annotation}`),
]);

const signatures = [
  'f()',
  'f(a)',
  'f(a, b, c)',
  'f(a, b=1, c=None)',
  'f(a, /, b, *, c)',
  'f(a=1, /, b=2, *, c, d=3)',
  'f(*args)',
  'f(**kwargs)',
  'f(a, *args: int, b: str = "", **kwargs: float) -> None',
  'f(*, a: int, b: int = None, c)',
  'f(self, x: int) -> int',
  'f(a: Foo, b: Foo, c: list[Foo]) -> Foo',
  'f(a: Foo, b) -> Bar',
  'f(a: type1, b, c: type3, d, e, g)',
  'f(a, b: {}, c: {}, d: [int], e: {}) -> {}',
  'f(a, b, c) -> [int]',
  'f(a: [int], b) -> [int]',
  'f(a: [ int ], b: [int])',
  'f(a: Type1, b)',
  'f(a) -> type1',
  'f(a: Any, b: any, c: null, d: string, e: "number")',
  'f(a: Optional[str], b: optional_str, c: "Optional[str]")',
  'f(a: int | None, b: None | int)',
  'f(a: List[int] = [1, 2], b: dict = {"a": (1, 2)}) -> Tuple[int, str]',
  'f(a: int = (lambda x=1: x)(2), b: str = f"{1}") -> "None"',
  'f(\n    a: int,  # one\n    b: str = "x",\n)',
  'very_long_name_1(a_1, B2: int)',
  'é(ü: int, ﬁ: str)',
];

const pre = 'from dioptra import pyplugs\n\n';
const modules = [
  '',
  '\n\n',
  '# only a comment',
  'x = 1',
  `${pre}@pyplugs.register\nasync def f(a: int): pass\n`,
  `${pre}class A:\n    @pyplugs.register\n    def f(self): pass\n`,
  `${pre}@pyplugs.register\nclass A: pass\n`,
  `${pre}def outer():\n    @pyplugs.register\n    def f(): pass\n    return f\n`,
  `${pre}if True:\n    @pyplugs.register\n    def f(): pass\n`,
  `${pre}@pyplugs.register\ndef f(): pass\n\n@pyplugs.register\ndef f(a): pass\n\ndef g(): pass\n`,
  `${pre}@other\n@pyplugs.register\n@third(1)\ndef f(a: int): pass\n`,
  `@pyplugs.register\ndef f(): pass\n${pre}@pyplugs.register\ndef g(): pass\n`,
  `"""doc"""\nfrom __future__ import annotations\n${pre}@pyplugs.register\ndef f(a: int): "d"\n`,
  `${pre}@pyplugs.register\ndef f(a: int):\n\treturn a\n`,
  `${pre}@pyplugs.register\ndef f(a: int): return a`.replaceAll('\n', '\r\n'),
  `${pre}\f\n@pyplugs.register\ndef f(a: int): return a\n`,
  `\ufeff${pre}@pyplugs.register\ndef f(a: int): return a\n`,
  `${pre}@pyplugs.register\ndef f(a):\n    match a:\n        case [1, *_]: return 1\n        case _: return 2\n`,
  `${pre}try:\n    import x\nexcept* ImportError:\n    pass\n@pyplugs.register\ndef f(): pass\n`,
  `${pre}with (open("a") as a, open("b") as b):\n    pass\n@pyplugs.register\ndef f(): pass\n`,
  `${pre}x = [i async for i in y]\n@pyplugs.register\ndef f(): global q; q = 1; del q\n`,
  `${pre}return 1`,
  `${pre}print(f"{x!r:>{width}} {'nested'}")\n@pyplugs.register\ndef f(): yield from x\n`,
];

/** What is no Python. */
export const broken: readonly string[] = [
  'def f(',
  'def f(a=1, b): pass',
  'def f(*): pass',
  'def f(**a, b): pass',
  'def f(a, /, b, /): pass',
  'def f():\nreturn 1',
  'class A:\n',
  'if x:\n  a\n b\n',
  '  x = 1',
  'print "x"',
  'a b',
  '1 = x',
  'None = 1',
  'f() = 1',
  'del f()',
  'def None(): pass',
  'f(a=1, 2)',
  'f(**a, *b)',
  '(x for x in y',
  'x = "open',
  'x = """open',
  'f"{"',
  'x = $',
  'a ? b',
  'a <> b',
  '!x',
  'import',
  'from x import',
  'import a.b as c.d',
  'from . import *, a',
  'try:\n  pass\n',
  'else:\n  pass\n',
  'return return',
  'lambda: (yield) = 1',
  'x: int: str',
  '@\ndef f(): pass',
  '@a\nx = 1',
  'async x = 1',
  'match x:\n  case 1\n',
  'x = 0b2',
  'x = [1, 2',
  'x = }',
  '{**a, 1}',
  'SELECT * FROM t;',
  '<html></html>',
  '{"json": true, "x": nul l}',
  'function f() { return 1; }',
];

/** Signatures put together from parts, the same ones each time. */
function generated(): readonly string[] {
  let state = 7;
  const pick = <T>(from: readonly T[]): T => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return from[Math.floor((state / 2_147_483_648) * from.length)] as T;
  };
  return Array.from({ length: 200 }, (_, n) => {
    const parameter = (name: string, needed: boolean) => {
      const annotation = pick([true, true, false]) ? `: ${pick(annotations)}` : '';
      return `${name}${annotation}${needed ? '' : pick([' = 1', ' = None', ' = {}'])}`;
    };
    const list = [parameter('a', true), parameter('b', true), parameter('c', false)];
    const rest = pick(['names', '*rest', 'nothing']);
    if (rest === 'names') list.push('*', parameter('d', true), parameter('e', false));
    if (rest === '*rest') list.push(rest);
    return task(`f${n}(${list.join(', ')}) -> ${pick(annotations)}`);
  });
}

export const cases: readonly string[] = [
  ...decorated,
  ...annotated,
  ...signatures.map(task),
  ...modules,
  ...generated(),
];
