import type { ReactNode } from 'react'

/** No picture is fetched, whoever wrote the text; a link says where it goes and opens outside. */
export const safeMarkdown = {
  img: ({ alt }: { alt?: string | undefined }) => <span>{`[picture: ${alt ?? ''}]`}</span>,
  a: ({ href, children }: { href?: string | undefined; children?: ReactNode }) =>
    href && /^https:\/\//.test(href) ? (
      <a href={href} target="_blank" rel="noreferrer noopener" title={href}>
        {children}
      </a>
    ) : (
      <span>{children}</span>
    ),
}
