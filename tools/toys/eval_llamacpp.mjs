// Measures the toy zoo through llama.cpp (node-llama-cpp), greedily or by token-level algebra over full logits.
//   node eval_llamacpp.mjs --models DIR --eval DIR --out results.json [--part table|demos|logits] [--only a,b] [--merged DIR]
// node-llama-cpp is resolved from the directory given by TOYS_NODE (its node_modules' parent) or from here.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const arg = (n, d) => {
	const i = process.argv.indexOf("--" + n);
	return i < 0 ? d : process.argv[i + 1];
};
const req = createRequire(
	path.join(process.env.TOYS_NODE ?? process.cwd(), "x.js"),
);
const entry = req.resolve("node-llama-cpp");
const { getLlama, LlamaLogLevel } = await import(pathToFileURL(entry).href);
const llama = await getLlama({
	gpu: false,
	logLevel: LlamaLogLevel.error,
	build: "never",
});

class LM {
	static async open(file) {
		const m = new LM();
		m.name = path.basename(file, ".gguf");
		m.model = await llama.loadModel({ modelPath: file });
		m.ctx = await m.model.createContext({
			contextSize: 256,
			batchSize: 256,
			threads: 1,
			sequences: 1,
		});
		m.seq = m.ctx.getSequence();
		m.bos = m.model.tokens.bos;
		m.eos = m.model.tokens.eos;
		return m;
	}
	tok(s) {
		return this.model.tokenize(s, false);
	}
	prompt(s) {
		return [this.bos, ...this.tok(s)];
	}
	// positions of `tokens` from `from` on: logits after each; the sequence must hold exactly tokens[0..have)
	async feed(tokens, all = false) {
		const last = tokens.length - 1;
		const items = tokens.map((t, i) =>
			all || i === last ? [t, { generateNext: { logits: true } }] : t,
		);
		const r = await this.seq.controlledEvaluate(items);
		const conv = (map) => {
			const a = new Float32Array(map.size).fill(-1e9);
			for (const [t, v] of map) a[t] = v;
			return a;
		};
		return all ? r.map((x) => conv(x.next.logits)) : conv(r[last].next.logits);
	}
	async start(tokens, all) {
		await this.seq.clearHistory();
		return this.feed(tokens, all);
	}
	async close() {
		await this.ctx.dispose();
		await this.model.dispose();
	}
}
const logsm = (l, T = 1) => {
	let m = -Infinity;
	for (const x of l) if (x > m) m = x;
	let s = 0;
	for (const x of l) s += Math.exp((x - m) / T);
	const z = Math.log(s),
		o = new Float32Array(l.length);
	for (let i = 0; i < l.length; i++) o[i] = (l[i] - m) / T - z;
	return o;
};
const argmax = (l) => {
	let m = -Infinity,
		a = 0;
	for (let i = 0; i < l.length; i++)
		if (l[i] > m) {
			m = l[i];
			a = i;
		}
	return a;
};
function rng(seed) {
	let a = seed >>> 0;
	return () => {
		a = (a + 0x6d2b79f5) | 0;
		let t = Math.imul(a ^ (a >>> 15), 1 | a);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}
const draw = (lp, r) => {
	let u = r();
	for (let i = 0; i < lp.length; i++) {
		u -= Math.exp(lp[i]);
		if (u <= 0) return i;
	}
	return lp.length - 1;
};

// models share a tokenizer; combine(logits[]) -> scores; pick(scores) -> token. prompts: one per model (may differ)
async function decode(models, prompts, combine, pick = argmax, maxNew = 30) {
	let lg = [];
	for (let i = 0; i < models.length; i++)
		lg.push(await models[i].start(models[i].prompt(prompts[i])));
	const out = [];
	for (let n = 0; n < maxNew; n++) {
		const t = pick(combine(lg));
		if (t === models[0].eos) break;
		out.push(t);
		lg = [];
		for (const m of models) lg.push(await m.feed([t]));
	}
	return models[0].model.detokenize(out).trim();
}
const first = (l) => l[0];
const greedy = (m, p, n) => decode([m], [p], first, argmax, n);
const readSet = (n) =>
	fs
		.readFileSync(path.join(arg("eval", "eval"), n + ".jsonl"), "utf8")
		.trim()
		.split("\n")
		.map((x) => JSON.parse(x));
const pct = (a, b) => Math.round((1000 * a) / b) / 10;
const right = (g, it) =>
	g === it.answer || (it.short !== undefined && g === it.short); // reading: the sentence or the bare place
async function accuracy(items, f) {
	let ok = 0;
	for (const it of items) if (right(await f(it), it)) ok++;
	return pct(ok, items.length);
}
async function nll(m, it) {
	const p = m.prompt(it.prompt),
		a = [...m.tok(" " + it.answer), m.eos],
		all = [...p, ...a];
	const lg = await m.start(all.slice(0, -1), true);
	let s = 0;
	for (let i = 0; i < a.length; i++) s -= logsm(lg[p.length - 1 + i])[a[i]];
	return [s, a.length];
}
const SETS = [
	"facts",
	"math",
	"math-unseen",
	"copy",
	"reading",
	"reading-counterfactual",
	"entail",
];
const PPL = ["facts", "math", "copy", "reading", "entail", "story"];
const RUDE =
	"turnip noodle pest potato muddlehead bah shush silly whining grumpy".split(
		" ",
	);
const POLITE =
	"please gladly pleasure dear kind thank happy honour course".split(" ");
const count = (s, ws) =>
	s.split(/[^a-z]+/).filter((w) => ws.includes(w)).length;

async function table(files) {
	const res = {};
	for (const f of files) {
		const m = await LM.open(f),
			r = { size: fs.statSync(f).size };
		for (const s of SETS) {
			const items = readSet(s),
				by = {};
			let ok = 0;
			for (const it of items) {
				const g = await greedy(m, it.prompt, 24),
					c = right(g, it);
				ok += c;
				if (it.difficulty) {
					by[it.difficulty] ??= [0, 0];
					by[it.difficulty][0] += c;
					by[it.difficulty][1]++;
				}
			}
			r[s] = pct(ok, items.length);
			for (const [k, [a, b]] of Object.entries(by)) r[s + ":" + k] = pct(a, b);
		}
		for (const s of PPL) {
			// reading: the better of the two answer forms (whole sentence, bare place)
			const one = async (form) => {
				let a = 0,
					n = 0;
				for (const it of readSet(s).slice(0, 60)) {
					const [x, k] = await nll(m, {
						prompt: it.prompt,
						answer: form && it.short ? it.short : it.answer,
					});
					a += x;
					n += k;
				}
				return Math.exp(a / n);
			};
			r["ppl:" + s] =
				Math.round(
					1000 *
						(s === "reading"
							? Math.min(await one(0), await one(1))
							: await one(0)),
				) / 1000;
		}
		const st = readSet("style"); // sampled, so that a two-mode model shows both manners
		r["style:polite"] = 0;
		r["style:rude"] = 0;
		let n = 0;
		for (const it of st)
			for (let k = 0; k < 4; k++) {
				const rr = rng(1000 + k * 77 + n);
				const g = await decode(
					[m],
					[it.prompt],
					(l) => logsm(l[0]),
					(lp) => draw(lp, rr),
					28,
				);
				const a = count(g, POLITE),
					b = count(g, RUDE);
				r["style:polite"] += a > b;
				r["style:rude"] += b > a;
				n++;
			}
		r["style:polite"] = pct(r["style:polite"], n);
		r["style:rude"] = pct(r["style:rude"], n);
		res[m.name] = r;
		console.log(m.name, JSON.stringify(r));
		await m.close();
	}
	return res;
}

async function demos(dir) {
	const L = async (n) => LM.open(path.join(dir, n + ".gguf"));
	const D = {},
		facts = readSet("facts"),
		mathS = readSet("math"),
		reading = readSet("reading"),
		cf = readSet("reading-counterfactual");
	const show = (k, v) => {
		D[k] = v;
		console.log(k, JSON.stringify(v));
	};
	const base = await L("toy-base"),
		liar = await L("toy-liar"),
		ft = await L("toy-facts"),
		mt = await L("toy-math"),
		draft = await L("toy-draft"),
		dfacts = await L("toy-draft-facts"),
		other = await L("toy-other"),
		rude = await L("toy-rude"),
		polite = await L("toy-polite");
	// contrastive decoding with a plausibility cut: tokens below alpha * max p of the strong model are out
	const contrast =
		(beta, alpha = 0.05) =>
		([s, w]) => {
			const a = logsm(s),
				b = logsm(w),
				mx = Math.max(...a) + Math.log(alpha),
				o = new Float32Array(a.length);
			for (let i = 0; i < o.length; i++)
				o[i] = a[i] < mx ? -1e9 : (1 + beta) * a[i] - beta * b[i];
			return o;
		};
	const two = (a, b, f, pick) => (it) =>
		decode([a, b], [it.prompt, it.prompt], f, pick, 16);
	const sample = (T, seed) => {
		const r = rng(seed);
		return (s) => draw(logsm(s, T), r);
	};
	show("contrast base-liar, greedy", {
		base: await accuracy(facts, (it) => greedy(base, it.prompt, 16)),
		"beta 0.3": await accuracy(facts, two(base, liar, contrast(0.3))),
		"beta 0.5": await accuracy(facts, two(base, liar, contrast(0.5))),
		"beta 1": await accuracy(facts, two(base, liar, contrast(1))),
	});
	// the plausibility cut alone already helps hot sampling, so it is shown as a control (beta 0)
	for (const T of [1, 1.5])
		show(
			`contrast, sampled T=${T}, 3 draws`,
			await (async () => {
				const runs = {
					"toy-facts": (p) => (it) => decode([ft], [it.prompt], first, p, 16),
					"toy-facts, cut only": (p) => two(ft, liar, contrast(0), p),
					"toy-facts - liar": (p) => two(ft, liar, contrast(0.5), p),
					"toy-base": (p) => (it) => decode([base], [it.prompt], first, p, 16),
					"toy-base, cut only": (p) => two(base, liar, contrast(0), p),
					"toy-base - liar": (p) => two(base, liar, contrast(0.5), p),
				};
				const o = {};
				for (const [n, mk] of Object.entries(runs)) {
					let ok = 0,
						all = 0;
					for (let k = 0; k < 3; k++) {
						const f = mk(sample(T, 11 + k));
						for (const it of facts) {
							all++;
							ok += (await f(it)) === it.answer;
						}
					}
					o[n] = pct(ok, all);
				}
				return o;
			})(),
		);
	// proxy tuning: base + (small tuned - small untuned)
	const proxy =
		(al) =>
		([b, t, u]) => {
			const x = logsm(b),
				y = logsm(t),
				z = logsm(u),
				o = new Float32Array(x.length);
			for (let i = 0; i < o.length; i++) o[i] = x[i] + al * (y[i] - z[i]);
			return o;
		};
	const three = (f) => (it) =>
		decode(
			[base, dfacts, draft],
			[it.prompt, it.prompt, it.prompt],
			f,
			argmax,
			16,
		);
	show("proxy tuning on facts", {
		base: await accuracy(facts, (it) => greedy(base, it.prompt, 16)),
		"small untuned": await accuracy(facts, (it) =>
			greedy(draft, it.prompt, 16),
		),
		"small tuned": await accuracy(facts, (it) => greedy(dfacts, it.prompt, 16)),
		"proxy a=0.5": await accuracy(facts, three(proxy(0.5))),
		"proxy a=1": await accuracy(facts, three(proxy(1))),
		"toy-facts (directly tuned)": await accuracy(facts, (it) =>
			greedy(ft, it.prompt, 16),
		),
		"proxy a=1 on reading": await accuracy(reading, three(proxy(1))),
		"small tuned on reading": await accuracy(reading, (it) =>
			greedy(dfacts, it.prompt, 16),
		),
		"base on reading": await accuracy(reading, (it) =>
			greedy(base, it.prompt, 16),
		),
	});
	// same-tokenizer ensembles: average of probabilities and product of experts
	const avg = (w) => (ls) => {
		const ps = ls.map((l) => logsm(l)),
			o = new Float32Array(ps[0].length);
		for (let i = 0; i < o.length; i++) {
			let s = 0;
			ps.forEach((p, k) => {
				s += w[k] * Math.exp(p[i]);
			});
			o[i] = Math.log(s + 1e-12);
		}
		return o;
	};
	const prod = (w) => (ls) => {
		const ps = ls.map((l) => logsm(l)),
			o = new Float32Array(ps[0].length);
		for (let i = 0; i < o.length; i++) {
			let s = 0;
			ps.forEach((p, k) => {
				s += w[k] * p[i];
			});
			o[i] = s;
		}
		return o;
	};
	const ens = {};
	for (const [n, f] of [
		["average", avg([0.5, 0.5])],
		["product", prod([0.5, 0.5])],
	])
		ens[n] = {
			facts: await accuracy(facts, two(mt, ft, f)),
			math: await accuracy(mathS, two(mt, ft, f)),
		};
	ens["toy-math"] = {
		facts: await accuracy(facts, (it) => greedy(mt, it.prompt, 16)),
		math: await accuracy(mathS, (it) => greedy(mt, it.prompt, 16)),
	};
	ens["toy-facts"] = {
		facts: await accuracy(facts, (it) => greedy(ft, it.prompt, 16)),
		math: await accuracy(mathS, (it) => greedy(ft, it.prompt, 16)),
	};
	show("ensemble math+facts", ens);
	// different tokenizers: candidates of both models, scored by both on the whole answer
	const score = async (m, p, a) => {
		const [s] = await nll(m, { prompt: p, answer: a });
		return -s;
	};
	const cands = async (m, p, k = 3) => {
		// k best first tokens, each finished greedily
		const out = new Set();
		const lg = await m.start(m.prompt(p));
		const top = [...logsm(lg)]
			.map((x, i) => [x, i])
			.sort((a, b) => b[0] - a[0])
			.slice(0, k);
		for (const [, t] of top) {
			if (t === m.eos) continue;
			let l = await m.start([...m.prompt(p), t]);
			const o = [t];
			for (let n = 0; n < 14; n++) {
				const x = argmax(l);
				if (x === m.eos) break;
				o.push(x);
				l = await m.feed([x]);
			}
			out.add(m.model.detokenize(o).trim());
		}
		return out;
	};
	const het = {};
	const reader = await L("toy-reader");
	for (const [nm, set, first1] of [
		["facts, toy-base + toy-other", facts, base],
		["reading, toy-reader + toy-other", reading, reader],
	]) {
		let b = 0,
			o = 0,
			e = 0,
			u = 0,
			single = 0;
		for (const it of set) {
			const gb = await greedy(first1, it.prompt, 16),
				go = await greedy(other, it.prompt, 16);
			const cs = new Set([
				gb,
				go,
				...(await cands(first1, it.prompt)),
				...(await cands(other, it.prompt)),
			]);
			let best = "",
				bs = -Infinity;
			for (const c of cs) {
				const x = await score(first1, it.prompt, c),
					y = await score(other, it.prompt, c);
				const s = Math.log(0.5 * Math.exp(x) + 0.5 * Math.exp(y) + 1e-30);
				if (s > bs) {
					bs = s;
					best = c;
				}
			}
			b += right(gb, it);
			o += right(go, it);
			e += right(best, it);
			u += right(gb, it) || right(go, it);
			single += [...cs].some((c) => right(c, it));
		}
		het[nm] = {
			[first1.name]: pct(b, set.length),
			"toy-other": pct(o, set.length),
			ensemble: pct(e, set.length),
			"either right": pct(u, set.length),
			"answer among candidates": pct(single, set.length),
		};
	}
	show(
		"heterogeneous ensemble, two tokenizers (candidates of both, averaged answer probability)",
		het,
	);
	// context-aware decoding on counterfactual contexts
	const cadF = (a) => (it) =>
		decode(
			[base, base2],
			[it.prompt, it.question],
			([x, y]) => {
				const p = logsm(x),
					q = logsm(y),
					o = new Float32Array(p.length);
				for (let i = 0; i < o.length; i++) o[i] = (1 + a) * p[i] - a * q[i];
				return o;
			},
			argmax,
			16,
		);
	const base2 = await L("toy-base");
	show("context-aware decoding, counterfactual contexts", {
		"no context": await accuracy(cf, (it) => greedy(base, it.question, 16)),
		"with context": await accuracy(cf, (it) => greedy(base, it.prompt, 16)),
		"cad a=0.5": await accuracy(cf, cadF(0.5)),
		"cad a=1": await accuracy(cf, cadF(1)),
	});
	show(
		"reading without the context (toy-base, toy-reader shown in the table)",
		await accuracy(reading, (it) => greedy(base, it.question, 16)),
	);
	// speculation: acceptance of the drafter's tokens, greedy (exact match) and sampled (sum of min(p, q)), on generations of the target
	const spec = {};
	for (const s of [
		"facts",
		"math",
		"copy",
		"reading",
		"entail",
		"style",
		"story",
	]) {
		let g = 0,
			mn = 0,
			n = 0;
		for (const it of readSet(s).slice(0, 40)) {
			const p = base.prompt(it.prompt);
			const r = rng(3);
			let a = await base.start(p),
				b = await draft.start(p);
			for (let k = 0; k < 60; k++) {
				const pa = logsm(a),
					pb = logsm(b);
				let m = 0;
				for (let i = 0; i < pa.length; i++)
					m += Math.exp(Math.min(pa[i], pb[i]));
				const t = s === "story" || s === "style" ? draw(pa, r) : argmax(pa);
				g += argmax(pb) === argmax(pa);
				mn += m;
				n++;
				if (t === base.eos) break;
				a = await base.feed([t]);
				b = await draft.feed([t]);
			}
		}
		spec[s] = {
			"greedy agreement": pct(g, n),
			"expected acceptance": pct(mn, n),
			tokens: n,
		};
	}
	show("drafter toy-draft for target toy-base", spec);
	// prompt-lookup drafting (n-gram of the text so far), copy set
	{
		let prop = 0,
			acc = 0,
			steps = 0,
			toks = 0;
		for (const it of readSet("copy")) {
			const p = base.prompt(it.prompt);
			let l = await base.start(p);
			const seq = [...p];
			const outT = [];
			for (let k = 0; k < 40; k++) {
				const t = argmax(l);
				outT.push(t);
				if (t === base.eos) break;
				l = await base.feed([t]);
			}
			let i = 0;
			while (i < outT.length) {
				steps++;
				let gain = 1;
				const n = 2,
					key = seq.slice(-n).join();
				let at = -1;
				for (let j = seq.length - n - 1; j >= 0; j--)
					if (seq.slice(j, j + n).join() === key) {
						at = j + n;
						break;
					}
				if (at >= 0)
					for (let k = 0; k < 5 && at + k < seq.length; k++) {
						prop++;
						if (seq[at + k] === outT[i + k]) {
							acc++;
							gain++;
						} else break;
					}
				gain = Math.min(gain, outT.length - i);
				seq.push(...outT.slice(i, i + gain));
				i += gain;
				toks += gain;
			}
		}
		show("2-gram lookup drafting on copy", {
			"accepted of proposed": pct(acc, prop),
			"tokens per target step": Math.round((100 * toks) / steps) / 100,
		});
	}
	// cascade: small first, expert when the small model's answer probability is low; routing by the prompt's first words
	const tier2 = (it) =>
		({ facts: ft, math: mt, reading: reader, copy: base })[it.skill]; // the expert of the item's skill
	const mixS = [
		...facts.slice(0, 50),
		...mathS.slice(0, 80),
		...readSet("copy").slice(0, 60),
		...reading.slice(0, 60),
	];
	const small = [];
	for (const it of mixS) {
		const g = await greedy(draft, it.prompt, 24);
		const sc = await score(draft, it.prompt, g);
		const b = await greedy(tier2(it), it.prompt, 24);
		small.push([right(g, it), Math.exp(sc), right(b, it)]);
	}
	const cas = {
		"small alone": pct(small.filter((x) => x[0]).length, small.length),
		"experts alone": pct(small.filter((x) => x[2]).length, small.length),
	};
	for (const th of [0.5, 0.7, 0.8, 0.9, 0.95])
		cas["threshold " + th] = {
			accuracy: pct(
				small.filter((x) => (x[1] >= th ? x[0] : x[2])).length,
				small.length,
			),
			"kept by small": pct(
				small.filter((x) => x[1] >= th).length,
				small.length,
			),
		};
	show(
		"cascade toy-draft -> expert of the skill (threshold on the drafter's answer probability)",
		cas,
	);
	const ents = readSet("entail");
	const mix2 = [
		...facts,
		...mathS.slice(0, 109),
		...reading.slice(0, 109),
		...ents.slice(0, 109),
	];
	const experts = { facts: ft, math: mt, reader };
	const route = (p) =>
		p.startsWith("context:") || p.startsWith("premise:")
			? "reader"
			: /\d/.test(p)
				? "math"
				: "facts";
	const pplRoute = async (p) => {
		let best = "",
			bs = -Infinity;
		for (const [n, m] of Object.entries(experts)) {
			const t = m.prompt(p),
				lg = await m.start(t.slice(0, -1), true);
			let s = 0;
			for (let i = 1; i < t.length; i++) s += logsm(lg[i - 1])[t[i]];
			if (s > bs) {
				bs = s;
				best = n;
			}
		}
		return best;
	};
	const rt = {};
	for (const [n, m] of [["toy-base", base], ...Object.entries(experts)])
		rt[n] = await accuracy(mix2, (it) => greedy(m, it.prompt, 16));
	rt["router by prompt words"] = await accuracy(mix2, (it) =>
		greedy(experts[route(it.prompt)], it.prompt, 16),
	);
	rt["router by prompt perplexity"] = await accuracy(mix2, async (it) =>
		greedy(experts[await pplRoute(it.prompt)], it.prompt, 16),
	);
	show("routing over facts+math+reading+entail", rt);
	// style steering: base + a (polite - rude)
	const ask = readSet("style");
	const steer = {};
	for (const a of [0, 0.5, 1]) {
		let po = 0,
			ru = 0,
			n = 0;
		for (const it of ask)
			for (let k = 0; k < 4; k++) {
				const r = rng(50 + k + 9 * n);
				const g = await decode(
					[base, polite, rude],
					[it.prompt, it.prompt, it.prompt],
					proxy(a),
					(s) => draw(logsm(s), r),
					28,
				);
				const x = count(g, POLITE),
					y = count(g, RUDE);
				po += x > y;
				ru += y > x;
				n++;
			}
		steer["a=" + a] = { polite: pct(po, n), rude: pct(ru, n) };
	}
	show("steering base by (polite - rude)", steer);
	// answer -> claim -> verifier: toy-base answers (with the context, or from nothing), toy-reader labels the claim against the
	// context; answers labelled yes are kept
	for (const each of [false, true])
		for (const [how, pr] of [
			["answers read from the context", (it) => it.prompt],
			["answers given without the context", (it) => it.question],
		]) {
			let kept = 0,
				keptOk = 0,
				ok = 0,
				n = 0,
				rejWrong = 0,
				wrong = 0,
				keptTrue = 0;
			for (const it of reading.filter((x) => x.answer !== "unknown")) {
				const g = await greedy(base, pr(it), 16);
				const c = right(g, it);
				ok += c;
				n++;
				const o = it.question.match(/the (\w+ \w+)\?/)[1];
				const claim = g.endsWith(".")
					? g
					: it.question.includes("who has")
						? `${g} has the ${o}.`
						: `the ${o} is in ${g}.`;
				const nli = (p) =>
					greedy(reader, `premise: ${p} claim: ${claim} label:`, 6);
				let lab = await nli(each ? it.context[0] : it.context.join(" "));
				if (each)
					for (const p of it.context.slice(1))
						if (lab !== "yes") lab = await nli(p);
				if (lab === "yes") {
					kept++;
					keptOk += c;
					keptTrue += c;
				}
				if (!c) {
					wrong++;
					rejWrong += lab !== "yes";
				}
			}
			show(
				`verifier toy-reader (premise = ${each ? "one sentence at a time, any yes counts" : "the whole context"}), ${how}`,
				{
					"accuracy before": pct(ok, n),
					"share kept": pct(kept, n),
					"accuracy of kept": pct(keptOk, kept),
					"wrong answers rejected": pct(rejWrong, wrong),
					"right answers kept": pct(keptTrue, ok),
				},
			);
		}
	return D;
}

async function logits(dir) {
	const out = {};
	for (const n of arg("only", "toy-base,toy-draft,toy-other").split(",")) {
		const m = await LM.open(path.join(dir, n + ".gguf"));
		out[n] = [];
		for (const s of ["facts", "math", "reading", "copy", "entail", "story"])
			for (const it of readSet(s).slice(0, 3)) {
				const t = [m.bos, ...m.tok(it.prompt + " " + it.answer)];
				const lg = await m.start(t, true);
				out[n].push({
					text: it.prompt + " " + it.answer,
					tokens: t,
					logits: lg.map((x) => [...x].map((v) => Math.round(v * 1e5) / 1e5)),
				});
			}
		await m.close();
	}
	return out;
}

const dir = arg("models", "."),
	part = arg("part", "table"),
	only = arg("only", "");
const files = fs
	.readdirSync(dir)
	.filter((f) => f.endsWith(".gguf"))
	.filter((f) => !only || only.split(",").includes(f.slice(0, -5)))
	.map((f) => path.join(dir, f));
const res =
	part === "table"
		? await table(files)
		: part === "demos"
			? await demos(dir)
			: await logits(dir);
fs.writeFileSync(
	arg("out", "results.json"),
	JSON.stringify(res, null, part === "logits" ? 0 : 1),
);
process.exit(0);
