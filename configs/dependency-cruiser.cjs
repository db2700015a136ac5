// The dependency table of README.md as a rule that runs: `npm run lint:dependencies`.
const libraries = [
  'primitives',
  'api-contract',
  'ranking',
  'optuna-ts-client',
  'search',
  'persistence',
  'artifacts',
  'dataset',
  'model-zoo',
  'engine',
];

/** What each lib and app may import besides itself. Everything not listed is an error. */
const mayImport = {
  'libs/primitives': [],
  'libs/api-contract': [],
  'libs/ranking': ['primitives'],
  'libs/dataset': ['primitives'],
  'libs/artifacts': ['primitives'],
  'libs/model-zoo': ['primitives'],
  'libs/engine': ['primitives'],
  'libs/optuna-ts-client': ['primitives', 'ranking'],
  'libs/search': ['primitives', 'ranking', 'optuna-ts-client'],
  'libs/persistence': ['primitives', 'optuna-ts-client', 'search'],
  'apps/api': libraries.filter((name) => name !== 'engine'),
  'apps/worker': ['primitives', 'api-contract', 'artifacts', 'dataset', 'model-zoo', 'engine'],
  'apps/dashboard': ['api-contract'],
  'apps/cli': ['api-contract'],
};

const onlyDeclaredEdges = Object.entries(mayImport).map(([project, allowed]) => ({
  name: `${project} may import only: ${allowed.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: `^${project}/` },
  to: { path: '^(libs|apps|test)/', pathNot: [`^${project}/`, ...allowed.map((library) => `^libs/${library}/`)] },
}));

module.exports = {
  forbidden: [
    ...onlyDeclaredEdges,
    { name: 'every import resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'enter a lib by one of its doors (index, testing, problems, dataset/pictures, model-zoo/networks)',
      severity: 'error',
      from: { path: '^(?:apps|libs|test)/([^/]+)/' },
      to: { path: '^libs/([^/]+)/src/(?!(index|testing|problems|pictures|networks)\\.ts$)', pathNot: '^libs/$1/' },
    },
    {
      name: 'shipped code never imports a testing door',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^libs/([^/]+)/src/(testing|problems)\\.ts$' },
    },
    {
      name: 'the API loads no tensor library and no picture decoder',
      severity: 'error',
      from: { path: '^apps/api/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^libs/(dataset/src/pictures|model-zoo/src/networks|engine/)|node_modules/(@tensorflow|onnxruntime|sharp)',
      },
    },
    {
      name: 'only apps and persistence know the frameworks',
      severity: 'error',
      from: { path: '^libs/', pathNot: '^libs/persistence/' },
      to: { path: 'node_modules/(@nestjs|typeorm|express)' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default'],
    },
    tsPreCompilationDeps: true, // a cycle of types is still a cycle for the reader
    doNotFollow: { path: 'node_modules' },
  },
};
