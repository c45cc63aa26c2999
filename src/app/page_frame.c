/* SPDX-License-Identifier: MIT */
/*
 * Where: app, under the status page.
 * What:  what is around every page: its head, its style and the policy that lets the browser use that style and nothing
 *        else.
 * Why:   text has a contrast of 4.5 and more against what is behind it, bright and dark, and lines and bars one of 3: a
 *        page for the night is read with tired eyes.
 */
#include "app/page_parts.h"

#include <inttypes.h>
#include <time.h>

/*
 * Tones, as classes: o well, w warning, b bad, n an operator's word, d not known. Bars: u up, f failed, q not known.
 * Lines: t whole answer, p1 to p3 its phases, x no answer, a axis.
 */
/* clang-format off */
const char page_style[] =
    ":root{color-scheme:light dark;--t:#1c2128;--m:#57606a;--g:#fff;--r:#e4e7eb;--z:#f6f8fa;--l:#0a58b8;"
    "--o:#1a7f37;--w:#8a5a00;--b:#c62828;--n:#6639ba;--u:#3f9b5c;--f:#d64545;--q:#8c959f;--c:#2f6fb5}"
    "@media(prefers-color-scheme:dark){:root{--t:#e6eaef;--m:#a0a9b4;--g:#11161c;--r:#2b323b;--z:#1a2129;"
    "--l:#79b8ff;--o:#57c878;--w:#e3b341;--b:#ff8a80;--n:#c4a5fb;--u:#3f9c60;--f:#f0696b;--q:#77818c;--c:#6cb0f5}"
    "}*{box-sizing:border-box}body{margin:0 auto;max-width:82rem;padding:1.6rem 1.4rem 3rem;background:var(--g);"
    "color:var(--t);font:.95rem/1.45 system-ui,sans-serif;font-variant-numeric:tabular-nums}h1{font-size:1.35rem;"
    "font-weight:600;margin:0 0 .3rem}h2{font-size:1.05rem;font-weight:600;margin:2.2rem 0 .5rem}"
    "a{color:var(--l)}p{margin:.35rem 0}small{display:block;color:var(--m);font-size:.82rem;"
    "overflow-wrap:break-word}small.l{display:inline}i{font-style:normal}b{font-weight:600}"
    ".r td:nth-child(n+3){white-space:nowrap}.o{color:var(--o)}.w{color:var(--w)}.b{color:var(--b)}"
    ".n{color:var(--n)}.d,.m{color:var(--m)}.s{font-size:1.05rem}.s span,.m span{margin-right:1.3rem;"
    "white-space:nowrap}.e{margin:.9rem 0;padding:.6rem .9rem;border-left:4px solid;background:var(--z)}"
    ".e b+span{color:var(--t)}table{border-collapse:collapse;width:100%;margin-top:1.1rem}th,td{text-align:left;"
    "vertical-align:top;padding:.55rem .9rem .55rem 0;border-bottom:1px solid var(--r)}thead th{color:var(--m);"
    "font-weight:400;font-size:.82rem;padding-top:0;white-space:nowrap}tbody th{font-weight:600}"
    "tbody th small{font-weight:400}.r tbody th{min-width:12.5rem}.r tbody th,.r td small{overflow-wrap:anywhere}"
    "tbody th a{text-decoration:none}tbody th a:hover{text-decoration:underline}td:last-child{padding-right:0}"
    "svg{display:block;margin-top:.15rem;fill:none}figcaption svg{display:inline}.u,.f,.q{stroke-width:4}"
    ".u{stroke:var(--u)}.f,.x{stroke:var(--f)}.q,.a{stroke:var(--q)}.t,.p1,.p2,.p3{stroke-width:1.4;"
    "stroke-linejoin:round;stroke-linecap:round;stroke:var(--c)}.p1{stroke:var(--o);stroke-dasharray:1 3}"
    ".p2{stroke:var(--n);stroke-dasharray:5 3}.p3{stroke:var(--w);stroke-dasharray:9 3}.x{stroke-width:1.6}"
    ".h{width:100%;max-width:46rem;height:auto}figure{margin:.8rem 0 1.4rem}figcaption{color:var(--m);"
    "font-size:.82rem}table.k{width:auto}.k td,.k th{padding:.3rem 1.8rem .3rem 0;white-space:nowrap}"
    ".k svg,.k small{display:inline-block;vertical-align:middle;margin:0 .5rem 0 0}.k tbody th{font-weight:400}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.2rem;margin:.6rem 0}dt{color:var(--m)}"
    "dd{margin:0;overflow-wrap:anywhere}pre{margin:.6rem 0;padding:.8rem 1rem;background:var(--z);"
    "overflow-x:auto;font:.85rem/1.7 ui-monospace,monospace}.y{overflow-x:auto}"
    ".y td:nth-child(4),.y td:nth-child(6),.y th{white-space:nowrap}nav{margin:1rem 0}footer{margin-top:2.2rem;"
    "color:var(--m);font-size:.82rem}@media(max-width:58rem){.r,.r tbody{display:block}"
    ".r thead{position:absolute;left:-99rem}.r tr{display:grid;grid-template-columns:1fr 1fr;gap:.5rem 1rem;"
    "padding:.9rem 0;border-bottom:1px solid var(--r)}.r th,.r td{border:0;padding:0}"
    ".r th,.r td:nth-child(2){grid-column:1/3}.r td:nth-child(n+3)::before{display:block;color:var(--m);"
    "font-size:.75rem}.r td:nth-child(3)::before{content:\"Primary\"}"
    ".r td:nth-child(4)::before{content:\"Secondary\"}.r td:nth-child(5)::before{content:\"In DNS\"}"
    ".r td:nth-child(6)::before{content:\"Since\"}.r td:nth-child(7)::before{content:\"24 h, primary\"}"
    ".r td:nth-child(8)::before{content:\"Latency, 1 h\"}}";
/* clang-format on */

const char page_policy[] = "default-src 'none'; style-src 'sha256-" PAGE_STYLE_SHA256
                           "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

void page_title(struct buffer *out, const struct page *page)
{
    if (page->title) {
        html_text(out, page->title);
        return;
    }
    buffer_add(out, "DNS failover");
    if (page->host) {
        buffer_add(out, " on ");
        html_text(out, page->host);
    }
}

void page_begin(struct buffer *out, const struct page *page, const char *about, const char *up)
{
    buffer_add(out, "<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8>"
                    "<meta name=viewport content=\"width=device-width,initial-scale=1\"><title>");
    html_text(out, about);
    buffer_add(out, about[0] ? " – " : "");
    page_title(out, page);
    buffer_add(out, "</title><style>");
    buffer_add(out, page_style);
    buffer_add(out, "</style></head>\n<body><header>");
    if (up) {
        buffer_addf(out, "<p><a href=\"%s\">← ", up);
        page_title(out, page);
        buffer_add(out, "</a></p>");
    }
}

void page_end(struct buffer *out)
{
    buffer_add(out, "</body></html>\n");
}

void page_link(struct buffer *out, uint32_t from, bool attention, uint32_t refresh_s)
{
    const char *joint = "?";
    buffer_add(out, "<a href=\"");
    if (attention) {
        buffer_addf(out, "%sshow=attention", joint);
        joint = "&amp;";
    }
    if (from > 0) {
        buffer_addf(out, "%sfrom=%" PRIu32, joint, from);
        joint = "&amp;";
    }
    if (refresh_s > 0) {
        buffer_addf(out, "%srefresh=%" PRIu32, joint, refresh_s);
        joint = "&amp;";
    }
    buffer_add(out, joint[0] == '?' ? "?\">" : "\">");
}

void page_now(struct buffer *out, const struct page *page)
{
    time_t seconds = (time_t)(page->view.wall_ms / 1000);
    struct tm parts;
    char words[64];
    if (localtime_r(&seconds, &parts) && strftime(words, sizeof words, "%H:%M:%S %Z", &parts) > 0) {
        buffer_add(out, "<span>As of ");
        html_text(out, words);
        buffer_add(out, "</span> ");
    }
    buffer_add(out, "<span>");
    page_link(out, page->from, page->attention, page->refresh_s ? 0 : 15);
    if (page->refresh_s)
        buffer_addf(out, "stop refreshing every %" PRIu32 " s</a></span>", page->refresh_s);
    else
        buffer_add(out, "refresh every 15 s</a></span>");
}
