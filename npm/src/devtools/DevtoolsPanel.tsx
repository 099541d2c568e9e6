import { useEffect, useId, useRef } from 'react'
import type { ReactNode } from 'react'
import type { AccessTokenStatus, FeedStatus } from '../protocol.js'
import { useRuntimeStatus } from './status.js'
import type { RuntimeStatus } from './status.js'
import { colors, theme } from './theme.js'
import { count, size, span } from './words.js'

const places: Record<RuntimeStatus['runtime'], string> = {
  shared: 'shared worker',
  dedicated: 'worker of this tab',
  page: 'on the page',
}

export default function DevtoolsPanel({ id, close }: { id: string; close: () => void }) {
  const status = useRuntimeStatus()
  const closer = useRef<HTMLButtonElement>(null)
  useEffect(() => closer.current?.focus(), [])
  return (
    <section id={id} style={theme.panel} aria-label="What runwire is doing" tabIndex={0}>
      <header style={theme.header}>
        <h2 style={theme.title}>runwire</h2>
        <span style={theme.summary}>{status && `${places[status.runtime]} · ${size(status.memory)} of memory`}</span>
        <button ref={closer} type="button" style={theme.close} aria-label="Close" onClick={close}>
          ×
        </button>
      </header>
      {status ? <Lists status={status} /> : <p style={{ ...theme.section, ...theme.nothing }}>No hook has needed the runtime yet.</p>}
    </section>
  )
}

function Lists({ status }: { status: RuntimeStatus }) {
  const { at, feeds, accessTokens, pages } = status
  return (
    <>
      <List title={`Connections · ${count(status.requestsUnderWay, 'request')} under way`} empty="Nothing is followed.">
        {feeds.map((feed) => (
          <Feed key={feed.feed} feed={feed} at={at} />
        ))}
      </List>
      <List title="Access tokens" empty="None is in use.">
        {accessTokens.map((token) => (
          <AccessToken key={token.accessToken} token={token} status={status} />
        ))}
      </List>
      <List title="Tabs" empty="None has said anything.">
        {pages.map(({ page, here, visible, online }) => (
          <Item key={page} name={`tab ${page}${here ? ' (this one)' : ''}`} word={online ? undefined : 'offline'} color={colors.offline}>
            <span>{visible ? 'visible' : 'hidden'}</span>
          </Item>
        ))}
      </List>
      {status.retrievedRuns > 0 && (
        <p style={{ ...theme.section, ...theme.nothing }}>{count(status.retrievedRuns, 'run')} of useRun kept</p>
      )}
    </>
  )
}

function List({ title, empty, children }: { title: string; empty: string; children: ReactNode[] }) {
  const id = useId()
  return (
    <section style={theme.section} aria-labelledby={id}>
      <h3 id={id} style={theme.heading}>
        {title}
      </h3>
      {children.length > 0 ? <ul style={theme.list}>{children}</ul> : <p style={theme.nothing}>{empty}</p>}
    </section>
  )
}

function Feed({ feed, at }: { feed: FeedStatus; at: number }) {
  const { connection, retryAt } = feed
  return (
    <Item
      name={feed.resource ?? 'waiting for an access token'}
      word={retryAt ? `${connection}, again in ${span(retryAt - at)}` : connection}
      color={colors[connection]}
      problem={feed.error}
    >
      <span>{count(feed.observers, 'hook')}</span>
      <span>{count(feed.requests, 'request')}</span>
      {feed.retries > 0 && <span>{count(feed.retries, 'retry', 'retries')}</span>}
      <span>{size(feed.bytes)}</span>
      <span>{feed.held.toLocaleString('en')} kept</span>
      <span>token {feed.accessToken}</span>
      {feed.lastUpdateAt !== undefined && <span>updated {span(at - feed.lastUpdateAt)} ago</span>}
      {feed.lastUpdateAt !== undefined && <span>cursor {feed.cursor}</span>}
    </Item>
  )
}

function AccessToken({ token, status }: { token: AccessTokenStatus; status: RuntimeStatus }) {
  const { accessToken, expiresAt, renewals, renewing, problem } = token
  const left = expiresAt === undefined ? undefined : expiresAt - status.at
  const expiry = left === undefined ? 'does not say when it expires' : left > 0 ? `expires in ${span(left)}` : `expired ${span(-left)} ago`
  return (
    <Item
      name={`token ${accessToken}`}
      word={renewing ? 'renewing' : expiry}
      color={left !== undefined && left <= 0 ? colors.offline : 'var(--muted)'}
      problem={problem}
    >
      <span>{count(status.feeds.filter((feed) => feed.accessToken === accessToken).length, 'connection')}</span>
      {renewals > 0 && <span>renewed {count(renewals, 'time')}</span>}
    </Item>
  )
}

interface ItemProps {
  name: string
  /** Its state. */
  word: string | undefined
  color: string
  problem?: string | undefined
  children: ReactNode
}

function Item({ name, word, color, problem, children }: ItemProps) {
  return (
    <li style={theme.item}>
      <div style={theme.line}>
        <span style={theme.name}>{name}</span>
        {word && (
          <span style={{ color }}>
            <span aria-hidden="true">● </span>
            {word}
          </span>
        )}
      </div>
      <div style={theme.details}>{children}</div>
      {problem && <div style={theme.problem}>{problem}</div>}
    </li>
  )
}
