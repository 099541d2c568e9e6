// What the documentation of the original shows: the code blocks of the seeds, a folder of texts that is no part of this
// repository.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The examples in a folder, in order. `path` is the file that the text calls them, `component` what they render. */
export function examples(folder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .sort()
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      return [...text.matchAll(/^( *)```(ts|tsx|jsx)\b(.*)\n([^]*?)^ *```$/gm)].map((block, i) => example(file, i + 1, ...block))
    })
}

function example(file, number, _block, indent, language, title, indented) {
  const text = indented.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
  const path = title.split(' ').find((word) => /\.tsx?$/.test(word))
  const component = text.match(/^(?:export )?(?:default )?(?:async )?function ([A-Z]\w*)/m)?.[1]
  const isExported = /^export .*function /m.test(text)
  const [subject = component] = text.match(/\buse[A-Z]\w*/) ?? (component ? [] : text.match(/\b(auth|runs|tasks)\.\w+/))
  return {
    name: [file.slice(0, 3), String(number).padStart(2, '0'), subject].join('-'),
    extension: path?.split('.').at(-1) ?? language,
    path,
    component,
    // A component that stands alone is exported behind the text, so that there is something to import.
    code: component && !isExported ? `${text}\nexport { ${component} }\n` : text,
  }
}
