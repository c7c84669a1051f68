interface RepositoryLinks {
  /** Undefined where the address is none that a browser opens. */
  readonly repository: string | undefined
  readonly commit: string | undefined
}

/** Where a repository and a commit in it are to be seen; `git@host:owner/name.git` is known to be the same as HTTPS. */
export function repositoryLinks(address: string | undefined, commit: string | undefined): RepositoryLinks {
  const written = /^git@([\w.-]+):([\w./~-]+)$/.exec(address ?? '')
  const url = URL.parse(written ? `https://${written[1]}/${written[2]}` : (address ?? ''))
  if (url?.protocol !== 'https:') return { repository: undefined, commit: undefined }
  // A password in it is nobody's business.
  url.username = ''
  url.password = ''
  url.hash = ''
  const repository = url.href.replace(/\.git\/?$/, '')
  const isKnown = /^(github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)$/.test(url.host)
  const word = url.host === 'bitbucket.org' ? 'commits' : 'commit'
  return {
    repository,
    commit:
      isKnown && commit !== undefined && /^[0-9a-f]{7,64}$/.test(commit)
        ? `${repository}/${word}/${commit}`
        : undefined,
  }
}
