import path from 'node:path'
import vue from '@vitejs/plugin-vue'
import { build, type InlineConfig, type Rolldown } from 'vite'
import { serveRequests } from '../side-process.ts'
import { filledLocales } from './filled-locales.ts'
import { keepPages } from './kept-pages.ts'
import { CSS_FILE, MODULE_FILE, SSR_FILE, type PageBuild, type PageBuildRequest } from './page-build.ts'
import { candidateScan, entryId, importRules, kitImports, pageEntry } from './page-plugins.ts'
import { routesForPages } from './routes-for-pages.ts'

/** Answered by the host at run time: one Vue, one router, one kit for all. */
const external = [
  /^vue$/,
  /^vue\/server-renderer$/,
  /^(vue-router|pinia)$/,
  /^@cambium\/kernel\/(contract|money)$/,
  /^@cambium\/ui(\/|$)/,
]

type Files = ReadonlyMap<string, string>

function commonConfig(
  request: PageBuildRequest,
  side: 'client' | 'server',
  found: Set<string>,
): InlineConfig {
  return {
    configFile: false,
    root: request.directory,
    mode: 'production',
    logLevel: 'silent',
    publicDir: false,
    define: {
      'process.env.NODE_ENV': '"production"',
      'import.meta.client': String(side === 'client'),
      'import.meta.server': String(side === 'server'),
    },
    plugins: [
      candidateScan(request, found),
      importRules(request),
      pageEntry(request),
      filledLocales(),
      vue(),
      kitImports(request.directory),
      routesForPages(),
    ],
  }
}

async function buildForBrowser(request: PageBuildRequest, found: Set<string>): Promise<Files> {
  return outputFiles({
    ...commonConfig(request, 'client', found),
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      assetsInlineLimit: Number.MAX_SAFE_INTEGER,
      cssCodeSplit: false,
      lib: { entry: entryId, formats: ['es'], cssFileName: path.parse(CSS_FILE).name },
      rolldownOptions: {
        input: entryId,
        external,
        output: { entryFileNames: MODULE_FILE, chunkFileNames: 'chunks/[name]-[hash].js', minify: true },
      },
    },
  })
}

async function buildForServer(request: PageBuildRequest): Promise<Files> {
  const files = await outputFiles({
    ...commonConfig(request, 'server', new Set()),
    ssr: { noExternal: true },
    build: {
      write: false,
      ssr: true,
      minify: false,
      target: 'node24',
      rolldownOptions: {
        input: entryId,
        external,
        output: { format: 'cjs', entryFileNames: SSR_FILE, codeSplitting: false },
      },
    },
  })
  // Styles are the browser's; the server only names them.
  return new Map([...files].filter(([name]) => name === SSR_FILE))
}

async function outputFiles(config: InlineConfig): Promise<Files> {
  const built = (await build(config)) as Rolldown.RolldownOutput | Rolldown.RolldownOutput[]
  const outputs = Array.isArray(built) ? built : [built]
  return new Map(
    outputs.flatMap(({ output }) =>
      output.map((file): [string, string] => [
        file.fileName,
        file.type === 'chunk' ? file.code : Buffer.from(file.source).toString(),
      ]),
    ),
  )
}

async function buildPages(request: PageBuildRequest): Promise<PageBuild> {
  const candidates = new Set<string>()
  const browser = await buildForBrowser(request, candidates)
  const server = request.app === 'portal' ? await buildForServer(request) : new Map<string, string>()
  const files = new Map([...browser, ...server])
  return keepPages(request.assetsDirectory, request.pluginId, { files, candidates: [...candidates] })
}

serveRequests(buildPages)
