import { App } from '../App.jsx'

export default async function Page({ searchParams }) {
  return <App {...await searchParams} />
}
