/** @file Files that must be refused, made in memory, each with its reason. No part of the lib. */
import { crc32, gzipSync } from 'node:zlib';
import {
  assemble,
  dict,
  emptyOrderedDict,
  globalName,
  int32,
  list,
  type Part,
  pickle,
  reduce,
  storageId,
  tensor,
  text,
  tuple,
  whole,
} from './pickle-assembler.fixture.js';
import { pickleLimits } from './pickle-machine.js';
import {
  fourValues,
  goodObject,
  torchLegacy,
  torchRecords,
  torchZip,
  type ZipPart,
  zip,
} from './torch-files.fixture.js';

/** A file and what its refusal must say. */
export interface RefusedFile {
  readonly name: string;
  readonly make: () => Uint8Array;
  readonly reason: string | RegExp;
}

type Row = readonly [name: string, make: () => Uint8Array, reason: string | RegExp];

/**
 * The corpus.
 *
 * @param marker Path of a file that a pickle among them makes when it is executed.
 */
export function refusedFiles(marker: string): readonly RefusedFile[] {
  const rows: readonly Row[] = [
    ...executing(marker),
    ...exhausting(),
    ...opcodes(),
    ...tensors(),
    ...contents(),
    ...zips(),
    ...legacies(),
    ...strangers(),
    ...cutOff(),
  ];
  return rows.map(([name, make, reason]) => ({ name, make, reason }));
}

/** A zip around `{"a": <part>}`. */
const around =
  (...part: readonly Part[]) =>
  () =>
    torchZip(pickle(dict({ a: part })));

const raw =
  (...parts: readonly Part[]) =>
  () =>
    torchZip(pickle(...parts));

function executing(marker: string): Row[] {
  const command = text(`touch ${marker}`);
  return [
    ['os.system by REDUCE', around(reduce(globalName('os', 'system'), command)), 'global "os.system" is not allowed'],
    [
      'posix.system by REDUCE in a legacy stream',
      () => torchLegacy({ object: pickle(reduce(globalName('posix', 'system'), command)) }),
      'global "posix.system" is not allowed',
    ],
    [
      'posix.system in the system facts of a legacy stream',
      () => torchLegacy({ system: pickle(reduce(globalName('posix', 'system'), command)) }),
      'global "posix.system" is not allowed',
    ],
    [
      'builtins.eval',
      around(reduce(globalName('builtins', 'eval'), text(`open(${JSON.stringify(marker)}, "w")`))),
      'global "builtins.eval" is not allowed',
    ],
    ['__builtin__.eval', raw(globalName('__builtin__', 'eval')), 'global "__builtin__.eval" is not allowed'],
    ['torch.load', raw(globalName('torch', 'load')), 'global "torch.load" is not allowed'],
    [
      'a model instead of its state_dict',
      raw(globalName('torchvision.models.resnet', 'ResNet')),
      'global "torchvision.models.resnet.ResNet" is not allowed',
    ],
    [
      'a global with dots that lead on',
      raw(globalName('torch', '_utils._rebuild_tensor_v2.__globals__')),
      'global "torch._utils._rebuild_tensor_v2.__globals__" is not allowed',
    ],
    [
      'STACK_GLOBAL',
      raw(0x8c, 2, 'os', 0x8c, 6, 'system', 0x93),
      /opcode SHORT_BINUNICODE is not allowed \(byte 2 of data\.pkl\)/,
    ],
    ['STACK_GLOBAL of protocol 2 texts', raw(text('os'), text('system'), 0x93), 'opcode STACK_GLOBAL is not allowed'],
    ['INST', raw('(', command, 'ios\nsystem\n'), 'opcode INST is not allowed'],
    ['OBJ', raw('(', globalName('collections', 'OrderedDict'), 'o'), 'opcode OBJ is not allowed'],
    ['EXT1', raw(0x82, 1), 'opcode EXT1 is not allowed'],
    [
      'NEWOBJ',
      raw(globalName('collections', 'OrderedDict'), ')', 0x81),
      'NEWOBJ of the global collections.OrderedDict with a tuple is not allowed',
    ],
    ['NEWOBJ_EX', raw(globalName('collections', 'OrderedDict'), ')', '}', 0x92), 'opcode NEWOBJ_EX is not allowed'],
    ['REDUCE of a text', raw(text('os.system'), ')', 'R'), 'REDUCE of "os.system" with a tuple is not allowed'],
    [
      'REDUCE of a storage class',
      raw(reduce(globalName('torch', 'FloatStorage'), whole(9))),
      'REDUCE of the global torch.FloatStorage is not allowed',
    ],
    ['BUILD on a tensor', around(tensor(), '}', 'b'), 'BUILD of a tensor with a dict is not allowed'],
    ['BUILD on a dict', raw('}', '}', 'b'), 'BUILD of a dict with a dict is not allowed'],
    [
      'BUILD of an OrderedDict with a tuple',
      raw(emptyOrderedDict, ')', 'b'),
      'BUILD of an OrderedDict with a tuple is not allowed',
    ],
    [
      'a tensor with hooks',
      around(tensor({ hooks: reduce(globalName('collections', 'OrderedDict'), list(tuple(text('h'), 'N'))) })),
      'a tensor has hooks',
    ],
  ];
}

function exhausting(): Row[] {
  const { bytes, operations, memo, objects, stack, depth } = pickleLimits;
  const repeated = (count: number, ...parts: readonly Part[]) => {
    const unit = assemble(...parts);
    return Buffer.alloc(count * unit.length, unit);
  };
  const memoEntries = Buffer.alloc(5 * (memo + 1), 'r');
  for (let index = 0; index <= memo; index++) memoEntries.writeUInt32LE(index, 5 * index + 1);
  return [
    ['a memo bomb', raw('N', memoEntries), `memo has more than ${memo} entries`],
    ['a billion laughs', raw(')q\0', repeated(100, 'h\0h\0', 0x86, 'q\0')), `pickle is nested deeper than ${depth}`],
    ['deep tuples', raw('N', repeated(depth + 1, 0x85)), `pickle is nested deeper than ${depth}`],
    ['deep lists', raw(repeated(depth + 1, ']'), repeated(depth + 1, 'a')), `pickle is nested deeper than ${depth}`],
    ['a list within itself', raw(']q\0', repeated(depth, 'h\0a')), `pickle is nested deeper than ${depth}`],
    [
      'deep dicts',
      raw('}', repeated(depth, text('a'), '}'), repeated(depth, 's')),
      `pickle is nested deeper than ${depth}`,
    ],
    ['deep marks', raw(repeated(depth + 1, '(')), `pickle is nested deeper than ${depth}`],
    ['an endless tuple', raw('(', repeated(stack + 1, 'N'), 't'), `stack has more than ${stack} values`],
    ['an endless list of lists', raw(']', repeated(objects, ']a')), `pickle has more than ${objects} objects`],
    ['endless opcodes', raw(']', repeated(operations / 2, 'Na')), `pickle has more than ${operations} opcodes`],
    [
      'a data.pkl beyond 16 MiB',
      raw(repeated(bytes, 'N')),
      `its data.pkl has ${bytes + 3} bytes, must be at most ${bytes}`,
    ],
    [
      'an object beyond 16 MiB in a legacy stream',
      () => torchLegacy({ object: pickle('X', int32(bytes), Buffer.alloc(bytes, 'x')) }),
      `pickle is longer than ${bytes} bytes`,
    ],
    ['a text beyond the end', raw('X', int32(-1)), 'pickle ends in the middle'],
    ['a global without an end', raw('c', Buffer.alloc(500, 'x')), 'a global has a name of more than 256 bytes'],
    [
      'a view that takes 2 GiB',
      around(tensor({ shape: [2 ** 15, 2 ** 14], strides: [0, 0] })),
      /its tensors have 536870912 values together, with \d{3,4} bytes must be at most 1049\d{3}$/,
    ],
    [
      'a thousand views of one storage',
      () => {
        const view = tensor({ shape: [2 ** 20], strides: [0] });
        return torchZip(pickle(dict(Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [index, view])))));
      },
      `its tensors have ${1000 * 2 ** 20} values together, with`,
    ],
  ];
}

function opcodes(): Row[] {
  return [
    ['protocol 4', () => torchZip(assemble(0x80, 4, 0x95, 'N.')), 'pickle has protocol 4, must be 2'],
    ['no protocol', () => torchZip(assemble('N.')), 'a pickle of protocol 2 must begin with PROTO'],
    ['PROTO twice', raw(0x80, 2, 'N'), 'PROTO occurs twice'],
    ['an opcode that Python does not know', raw(0xff), 'opcode 0xff is not allowed'],
    ['a pickle of protocol 0', raw('I1\n'), 'opcode INT is not allowed'],
    ['POP', raw('NN0'), 'opcode POP is not allowed'],
    ['no STOP', () => torchZip(assemble(0x80, 2, '}')), 'pickle ends in the middle'],
    ['bytes after STOP', () => torchZip(assemble(goodObject, 'N')), 'its data.pkl has 1 bytes after its STOP'],
    ['an empty stack at STOP', raw(), 'pickle takes a value that is not there'],
    ['two values at STOP', raw('NN'), 'STOP comes before the pickle is complete'],
    ['an open mark at STOP', raw('N('), 'pickle takes a value that is not there'],
    ['a tuple across a mark', raw('NN(', 0x86), 'pickle takes a value that is not there'],
    ['TUPLE without a mark', raw('t'), 'pickle closes a mark that is not there'],
    ['a memo entry that is not there', raw('h\x05'), 'memo has no entry 5'],
    ['a key without a value', raw('}(', text('a'), 'u'), 'a dict has a key without a value'],
    ['a tuple as key', raw('})Ns'), 'a dict has a tuple as key, must be text or a number'],
    ['equal keys', raw('}(', text('a'), tensor(), text('a'), tensor(), 'u'), 'a dict has the key "a" twice'],
    ['append to a dict', raw('}Na'), 'append to a dict is not allowed'],
    ['items set on a list', raw(']', text('a'), 'Ns'), 'items set on a list are not allowed'],
    ['text that is not UTF-8', raw('X', int32(1), 0xff), 'text is not UTF-8'],
    [
      'an OrderedDict of numbers',
      raw(reduce(globalName('collections', 'OrderedDict'), list(whole(1)))),
      'OrderedDict has arguments that are no list of pairs',
    ],
  ];
}

function tensors(): Row[] {
  const twoTypes = dict({ a: tensor(), b: tensor({ type: 'IntStorage' }) });
  return [
    ['a negative axis', around(tensor({ shape: [-2, 2] })), 'no whole numbers from 0: [-2,2], [2,1], 0'],
    ['a negative stride', around(tensor({ strides: [-2, 1] })), 'no whole numbers from 0: [2,2], [-2,1], 0'],
    ['a negative offset', around(tensor({ offset: -1 })), 'no whole numbers from 0: [2,2], [2,1], -1'],
    [
      'an axis beyond 2⁵³',
      around(tensor({ shape: [2 ** 60, 1] })),
      'a tensor has a shape, strides or offset that are no whole numbers from 0',
    ],
    ['a shape whose product overflows', around(tensor({ shape: [2 ** 40, 2 ** 40] })), 'whose size overflows'],
    [
      'an overflow hidden by an empty axis',
      around(tensor({ shape: [0, 2 ** 40, 2 ** 40], strides: [0, 0, 0] })),
      'whose size overflows',
    ],
    ['a stride that overflows', around(tensor({ strides: [2 ** 52, 2 ** 52] })), 'reaches beyond the 4 values'],
    ['a tensor larger than its storage', around(tensor({ shape: [2, 3], strides: [3, 1] })), 'reaches beyond the 4'],
    ['an offset past the end', around(tensor({ offset: 5, shape: [0], strides: [1] })), 'reaches beyond the 4 values'],
    ['an offset that leaves too little', around(tensor({ offset: 1 })), 'strides [2,1] and offset 1 reaches beyond'],
    ['a stride past the end', around(tensor({ strides: [3, 1] })), 'shape [2,2], strides [3,1] and offset 0 reaches'],
    ['fewer strides than axes', around(tensor({ strides: [1] })), 'a tensor has shape [2,2] and strides [1]'],
    [
      'nine axes',
      around(tensor({ shape: Array(9).fill(1), strides: Array(9).fill(1) })),
      'a tensor has 9 axes, must be at most 8',
    ],
    [
      'a list as shape',
      around(reduce(globalName('torch._utils', '_rebuild_tensor'), storageId(), whole(0), ']', ')')),
      'no whole numbers',
    ],
    ['no storage', around(tensor({ storage: 'N' })), 'a tensor has None as storage'],
    [
      'too few arguments',
      around(reduce(globalName('torch._utils', '_rebuild_tensor_v2'), storageId())),
      '_rebuild_tensor_v2 has 1 arguments, takes 6 or 7',
    ],
    [
      'a conjugate tensor',
      around(tensor({ metadata: dict({ conj: 0x88 }) })),
      'a tensor is marked as conjugate or negative',
    ],
    [
      'a Parameter of nothing',
      around(reduce(globalName('torch._utils', '_rebuild_parameter'), 'N', 0x89, emptyOrderedDict)),
      '_rebuild_parameter has no tensor',
    ],
    ['a quantized storage', around(tensor({ type: 'QInt8Storage' })), 'global "torch.QInt8Storage" is not allowed'],
    ['a complex storage', around(tensor({ type: 'ComplexFloatStorage' })), 'global "torch.ComplexFloatStorage" is not'],
    [
      'a storage of a negative count',
      around(tensor({ count: -1 })),
      'storage "0" has the number -1 as number of values',
    ],
    ['a storage of 2⁵² values', around(tensor({ count: 2 ** 52 })), 'as number of values'],
    [
      'a storage whose record is shorter',
      around(tensor({ count: 5 })),
      'storage "0" has 16 bytes, 5 values of FloatStorage take 20',
    ],
    [
      'a storage whose record is longer',
      around(tensor({ count: 3, shape: [3], strides: [1] })),
      '3 values of FloatStorage take 12',
    ],
    [
      'a storage of another type than its record',
      around(tensor({ type: 'DoubleStorage' })),
      '4 values of DoubleStorage take 32',
    ],
    [
      'one storage as two types',
      raw(twoTypes),
      'storage "0" is 4 values of FloatStorage in one place, 4 of IntStorage in',
    ],
    ['a storage without a record', around(tensor({ key: '1' })), 'storage "1" has no record "archive/data/1"'],
    [
      'a storage outside its folder',
      around(tensor({ key: '../version', count: 0, shape: [0], strides: [1] })),
      'storage "../version" has no record',
    ],
    ['a persistent id that is text', around(text('/etc/passwd'), 'Q'), 'persistent id must be a storage of 5 items'],
    ['a persistent id of another kind', around(tuple(text('module'), 'N', 'N', 'N', 'N'), 'Q'), 'must be a storage'],
  ];
}

function contents(): Row[] {
  return [
    ['a number', raw(whole(3)), 'it holds the number 3, must hold a dict of tensors'],
    ['a list of tensors', raw(list(tensor())), 'it holds a list, must hold a dict of tensors'],
    ['an empty dict', raw('}'), 'it holds no tensors'],
    [
      'a number among tensors',
      raw(dict({ a: tensor(), epoch: whole(3) })),
      'its entry "epoch" is the number 3, must be',
    ],
    [
      'a checkpoint without a model',
      raw(dict({ optimizer: dict({}) })),
      'its entry "optimizer" is a dict, must be a tensor',
    ],
    [
      'a state_dict of no tensors',
      raw(dict({ state_dict: dict({ a: 'N' }) })),
      'its entry "a" is None, must be a tensor',
    ],
    [
      'a name with a line feed',
      raw(dict({ 'a\nb': tensor() })),
      'the name "a\\nb", must be 1 to 256 printable characters',
    ],
    [
      'a name of 10,000 characters',
      raw(dict({ ['x'.repeat(10_000)]: tensor() })),
      /the name "x{59}…", must be 1 to 256/,
    ],
    ['a number as name', raw('}', whole(1), tensor(), 's'), 'a tensor has the name "1", must be'],
  ];
}

function zips(): Row[] {
  const change = (name: string, fields: Partial<ZipPart>) => () =>
    zip(torchRecords().map((part) => (part.name === `archive/${name}` ? { ...part, ...fields } : part)));
  const added =
    (name: string, data: Uint8Array = fourValues) =>
    () =>
      zip([...torchRecords(), { name, data }]);
  const good = torchZip();
  const damaged = () => {
    const bytes = Uint8Array.from(good);
    bytes[Buffer.from(bytes).indexOf(fourValues) + 3] ^= 1;
    return bytes;
  };
  const firstStorage = 30 + 'archive/data.pkl'.length + goodObject.length + 16;
  const inner = torchRecords().map(({ name, data }) => ({ name: name.replace('archive', 'x'), data }));
  return [
    [
      'a missing record',
      () => zip(torchRecords({ 'data/0': undefined })),
      'storage "0" has no record "archive/data/0"',
    ],
    ['a record twice', added('archive/data/0'), 'zip record "archive/data/0" occurs twice'],
    [
      'two records in one place',
      () => zip([...torchRecords(), { name: 'archive/data/1', data: fourValues, header: firstStorage }]),
      'zip record "archive/data/1" overlaps the one before it',
    ],
    [
      'a record within another',
      () => {
        const nested = zip([{ name: 'archive/data/1', data: fourValues }], { withoutEnd64: true });
        const header = firstStorage + 30 + 'archive/data/0'.length;
        return zip([
          ...torchRecords({ 'data/0': nested, version: undefined }),
          { name: 'archive/data/1', data: fourValues, header },
        ]);
      },
      'zip record "archive/data/1" overlaps the one before it',
    ],
    ['a compressed record', change('data/0', { method: 8 }), '"archive/data/0" is compressed (method 8)'],
    [
      'compression only in the header',
      change('data/0', { localMethod: 8 }),
      'that does not say what the directory says',
    ],
    ['another size than packed', change('data/0', { packed: 12 }), '"archive/data/0" has 12 bytes that stand for 16'],
    ['a wrong CRC', change('data/0', { crc: 1 }), 'zip record "archive/data/0" is damaged: its CRC-32 differs'],
    ['a flipped bit', damaged, 'zip record "archive/data/0" is damaged: its CRC-32 differs'],
    ['an encrypted record', change('data/0', { flags: 0x0809 }), 'zip record "archive/data/0" is encrypted'],
    ['a local header of another name', change('data/0', { localName: 'archive/data/9' }), 'that does not say what the'],
    [
      'a local header of another size',
      change('data/0', { localSize: 15 }),
      'that does not say what the directory says',
    ],
    ['a record beyond the file', change('version', { size: 2 ** 31 }), 'reaches beyond the zip directory'],
    [
      'a header beyond the file',
      change('version', { header: 0xfffffff0 }),
      'bytes before zip record "archive/version" belong',
    ],
    [
      'a record of 64-bit size',
      change('data/0', { size: 0xffffffff, packed: 0xffffffff }),
      'has 4294967295 bytes that stand',
    ],
    [
      'a zip64 count that lies',
      () => zip(torchRecords(), { end64: { 32: 10 ** 6 } }),
      'its zip64 end record does not say',
    ],
    [
      'a zip64 directory elsewhere',
      () => zip(torchRecords(), { end64: { 48: 2 ** 40 } }),
      'its zip64 end record does not',
    ],
    [
      '65,535 records declared',
      () => zip(torchRecords(), { count: 65_535 }),
      'has 65535 records or more, must be at most',
    ],
    [
      'more records declared than there are',
      () => zip(torchRecords(), { count: 9000 }),
      '9000 records take at least 414000',
    ],
    ['one record more declared', () => zip(torchRecords(), { count: 4 }), 'its zip directory has'],
    [
      'one record less declared',
      () => zip(torchRecords(), { count: 2 }),
      'bytes of its zip directory belong to no record',
    ],
    [
      'a directory at another place',
      () => zip(torchRecords(), { start: 7 }),
      /its zip directory \[7, \d+\) must end at byte/,
    ],
    ['a name with ..', added('archive/../../etc/passwd'), 'has the name "archive/../../etc/passwd", which is no plain'],
    ['an absolute name', added('/etc/passwd'), 'has the name "/etc/passwd", which is no plain relative path'],
    ['a name with a backslash', added('archive\\..\\x'), 'which is no plain relative path'],
    ['a name with a zero byte', added('archive/a\0b'), 'which is no plain relative path'],
    ['two folders', added('other/data/0'), 'zip record "other/data/0" lies outside the folder "archive"'],
    ['two data.pkl', added('other/data.pkl'), 'it is a zip with 2 records data.pkl, torch.save writes one'],
    [
      'some other zip',
      () =>
        zip([
          { name: 'a/b', data: fourValues },
          { name: 'c', data: fourValues },
        ]),
      'a zip with 0 records data.pkl',
    ],
    ['TorchScript by code/', added('archive/code/__torch__.py'), 'it is TorchScript (a program), not weights'],
    ['TorchScript by constants.pkl', added('archive/constants.pkl'), 'it is TorchScript (a program), not weights'],
    [
      'a zip around one file',
      () => zip([{ name: 'x.pth', data: zip(inner) }]),
      'it is a zip around the single file "x.pth"',
    ],
    ['big-endian values', added('archive/byteorder', Buffer.from('big')), 'its byteorder is "big", must be "little"'],
    ['trailing bytes', () => assemble(good, 0), 'its last 22 bytes are no zip end record'],
    [
      'hidden bytes between records',
      () => zip(torchRecords().map((part, index) => ({ ...part, header: undefined, ...(index === 1 ? gap : {}) }))),
      'bytes before zip record "archive/version" belong to none',
    ],
  ];
}

/** Forty bytes more behind the header than the directory says. */
const gap = { data: assemble(fourValues, new Uint8Array(40)), size: 16, packed: 16, crc: crc32(fourValues) };

function legacies(): Row[] {
  const good = torchLegacy();
  const facts = (endian: Part) => pickle(dict({ protocol_version: whole(1001), little_endian: endian }));
  return [
    [
      'a legacy stream of another magic number',
      () => torchLegacy({ magic: pickle(whole(1)) }),
      'a pickle without the magic number of torch.save',
    ],
    [
      'a legacy stream of another version',
      () => torchLegacy({ version: pickle(whole(1002)) }),
      'its version is the number 1002, must be 1001',
    ],
    [
      'a legacy stream without facts',
      () => torchLegacy({ system: pickle('N') }),
      'its system facts lack protocol_version 1001',
    ],
    ['a big-endian legacy stream', () => torchLegacy({ system: facts(0x89) }), 'its values are big-endian'],
    [
      'a legacy stream without keys',
      () => torchLegacy({ keys: pickle(list()) }),
      'its list of 0 storage keys is not that of the 1 storages',
    ],
    [
      'a legacy stream with a key too many',
      () => torchLegacy({ keys: pickle(list(text('7'), text('8'))) }),
      'its list of 2 storage keys',
    ],
    [
      'a legacy stream with a key twice',
      () => torchLegacy({ keys: pickle(list(text('7'), text('7'))) }),
      'its list of 2 storage keys',
    ],
    ['a legacy stream whose keys are a dict', () => torchLegacy({ keys: pickle('}') }), 'its list of 0 storage keys'],
    [
      'a storage of more values than its tensors say',
      () => torchLegacy({ count: 5 }),
      'storage "7" has 5 values, its tensors say 4',
    ],
    ['a storage of 2⁶² values', () => torchLegacy({ count: 2n ** 62n }), 'storage "7" has 4611686018427387904 values'],
    ['a storage of −1 values', () => torchLegacy({ count: -1 }), 'storage "7" has -1 values, its tensors say 4'],
    [
      'a storage beyond the end',
      () => torchLegacy({ object: pickle(dict({ a: tensor({ legacy: true, key: '7', count: 5 }) })), count: 5 }),
      'it ends in the middle of storage "7": 4 bytes are missing',
    ],
    [
      'a storage that views another',
      () =>
        torchLegacy({
          object: pickle(
            tuple(text('storage'), globalName('torch', 'FloatStorage'), text('7'), text('cpu'), whole(4), tuple('N')),
            'Q',
          ),
        }),
      'storage "7" is a view of another storage',
    ],
    [
      'a legacy id without its sixth item',
      () => torchLegacy({ object: pickle(tensor({ key: '7' })) }),
      'must be a storage of 6 items',
    ],
    ['a legacy stream with trailing bytes', () => assemble(good, 1, 2), '2 bytes follow its last storage'],
  ];
}

function strangers(): Row[] {
  const tar = Buffer.alloc(1024);
  tar.write('pickle');
  tar.write('ustar', 257);
  return [
    ['nothing', () => new Uint8Array(0), 'it is empty'],
    ['a tar', () => tar, 'it is a tar, the oldest layout of torch'],
    ['gzip', () => gzipSync(torchZip()), 'it is compressed with gzip: unpack it first'],
    ['a web page', () => Buffer.from('\n<!DOCTYPE html><title>404</title>'), 'it is a web page, not weights'],
    ['an XML error', () => Buffer.from('<?xml version="1.0"?><Error/>'), 'it is a web page, not weights'],
    ['a plain pickle', () => goodObject, 'it is a pickle without the magic number of torch.save'],
    ['an empty zip', () => zip([]), 'it is an empty, split or cut-off zip'],
    ['zero bytes', () => new Uint8Array(100), 'neither safetensors nor a file of torch.save (its first bytes are 0000'],
    ['a picture', () => Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0), '(its first bytes are 89504e47'],
  ];
}

/** Twenty points of each layout. */
function cutOff(): Row[] {
  const [archive, stream] = [torchZip(), torchLegacy()];
  const points = (length: number) => Array.from({ length: 20 }, (_, index) => Math.ceil(((index + 0.5) * length) / 20));
  return [
    ...points(archive.length).map(
      (length): Row => [
        `a zip cut off after ${length} bytes`,
        () => archive.subarray(0, length),
        'its last 22 bytes are no',
      ],
    ),
    ...points(stream.length).map(
      (length): Row => [
        `a legacy stream cut off after ${length} bytes`,
        () => stream.subarray(0, length),
        /pickle ends in the middle|ends in the middle of storage|ends before storage|without the magic number/,
      ],
    ),
  ];
}
