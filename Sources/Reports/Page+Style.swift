// SPDX-License-Identifier: GPL-3.0-or-later

extension Page {
  /// The rules of every page. What is wider than a narrow screen scrolls by itself.
  static let style = """
    :root{color-scheme:light dark;--text:#222;--soft:#5c5c5c;--back:#fff;--panel:#f4f5f7;\
    --line:#d8dade}
    @media(prefers-color-scheme:dark){:root{--text:#ddd;--soft:#a3a3a3;--back:#16181c;\
    --panel:#22252b;--line:#3a3e46}}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:62rem;padding:1.5rem 1.25rem 4rem;color:var(--text);\
    background:var(--back);font:16px/1.5 system-ui,sans-serif}
    h1{font-size:1.7rem;line-height:1.25;margin:0 0 .25rem}
    h2{font-size:1.25rem;margin:2.5rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--line)}
    header p{color:var(--soft);margin:0}
    p{max-width:46rem}
    .highlights{list-style:none;display:grid;gap:.75rem;padding:0;margin:0 0 1rem;\
    grid-template-columns:repeat(auto-fit,minmax(13rem,1fr))}
    .highlights li{background:var(--panel);border-radius:.5rem;padding:.75rem 1rem}
    .highlights span{display:block;color:var(--soft);font-size:.875rem}
    .highlights strong{display:block;font-size:1.75rem;line-height:1.3;\
    font-variant-numeric:tabular-nums}
    dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.25rem 1.5rem;margin:0}
    dt{color:var(--soft)}
    dd{margin:0;overflow-wrap:anywhere}
    .wide{overflow-x:auto}
    table{border-collapse:collapse;font-size:.9375rem}
    th,td{padding:.3rem .9rem .3rem 0;text-align:left;border-bottom:1px solid var(--line);\
    white-space:nowrap}
    th{color:var(--soft);font-weight:600}
    .number{text-align:right;font-variant-numeric:tabular-nums}
    audio{display:block;width:13rem;height:2.25rem}
    figure{margin:1.25rem 0}
    figure>div>svg{display:block;width:100%;min-width:32rem;max-width:54rem;height:auto}
    figcaption{color:var(--soft);font-size:.875rem;max-width:46rem}
    pre{background:var(--panel);border-radius:.5rem;padding:.75rem 1rem;white-space:pre-wrap;\
    overflow-wrap:anywhere;font-size:.875rem}
    summary{cursor:pointer;margin:.75rem 0}
    @media(max-width:34rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}\
    audio{width:8rem}}
    """
}
