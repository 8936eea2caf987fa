export function SiteHeader() {
  return (
    <header className="site-header">
      <a className="brand" href="#/">
        <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
          <path
            d="M16 29V13M16 20c-6 0-8-4-8-8 5 0 8 3 8 8zm0-6c6 0 8-4 8-8-5 0-8 3-8 8z"
            fill="none"
            stroke="currentColor"
            strokeWidth="2.5"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </svg>
        Kornblume
      </a>
      <p>
        Linden Street 4 <span className="quiet">· open from 7:00</span>
      </p>
    </header>
  );
}
