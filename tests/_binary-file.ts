import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import packageFile from '../package.json' with { type: 'json' }
import { atEnd } from './_at-end.ts'

const root = join(import.meta.dir, '..')
const usual = 'dist/gemini-balance'
const sources = ['{src,pipeline,plugins,templates,public}/**/*', 'package.json', 'bun.lock']

let built: Promise<string> | undefined

/** The compiled program: what `npm run build` left behind if nothing has changed since, else made once per test run. */
export const binaryFile = (): Promise<string> => {
  built ??= isUpToDate() ? Promise.resolve(join(root, usual)) : build()
  return built
}

const isUpToDate = (): boolean => {
  const builtAt = changedAt(join(root, usual))
  return sources.every(pattern =>
    [...new Bun.Glob(pattern).scanSync({ cwd: root, absolute: true })].every(file => changedAt(file) < builtAt),
  )
}

const changedAt = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0

const build = async (): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'gemini-balance-build-'))
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'gemini-balance')
  const [, ...words] = packageFile.scripts.build.replace(usual, file).split(' ')
  const child = Bun.spawn([process.execPath, ...words], { cwd: root, stdout: 'pipe', stderr: 'pipe' })
  const [code, complaint] = await Promise.all([child.exited, new Response(child.stderr).text(), child.stdout.text()])
  if (code !== 0) throw new Error(`The program cannot be built:\n${complaint}`)
  return file
}
