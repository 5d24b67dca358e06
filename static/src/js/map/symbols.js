// How features are drawn on the canvas of a tile: the same signs as in the key of the page (includes/map_key.html).
import altro from "../../glyphs/glyph-altro.svg";
import culturali from "../../glyphs/glyph-culturali.svg";
import impianti from "../../glyphs/glyph-impianti-tecnologici.svg";
import istruzione from "../../glyphs/glyph-istruzione.svg";
import sanita from "../../glyphs/glyph-sanita.svg";
import sicurezza from "../../glyphs/glyph-sicurezza.svg";
import sport from "../../glyphs/glyph-sport-e-tempo-libero.svg";
import trasporti from "../../glyphs/glyph-trasporti.svg";
import verde from "../../glyphs/glyph-verde-pubblico.svg";

const INK = "#17324d";
const UNKNOWN = "#5b6f82";
const CIRCLE = /<circle/;

/** The drawing of a glyph (24 × 24) as a path. */
function path(svg) {
  if (CIRCLE.test(svg)) return new Path2D("M5 12a7 7 0 1 0 14 0a7 7 0 1 0 -14 0z");
  return new Path2D(svg.match(/ d="([^"]+)"/)[1]);
}

const GLYPHS = new Map(
  Object.entries({
    "verde-pubblico": verde,
    trasporti,
    sanita,
    sicurezza,
    "sport-e-tempo-libero": sport,
    culturali,
    istruzione,
    "impianti-tecnologici": impianti,
  }).map(([slug, svg]) => [slug, path(svg)]),
);
const OTHER = path(altro);

function circle(ctx, x, y, radius) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
}

function ring(ctx, x, y, radius, dash = []) {
  ctx.setLineDash(dash);
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = INK;
  circle(ctx, x, y, radius);
  ctx.stroke();
  ctx.setLineDash([]);
}

function glyph(ctx, x, y, size, category, color) {
  ctx.save();
  ctx.translate(x - size / 2, y - size / 2);
  ctx.scale(size / 24, size / 24);
  ctx.fillStyle = color;
  ctx.fill(GLYPHS.get(category) ?? OTHER, "evenodd");
  ctx.restore();
}

/** Radius in CSS pixels of a single service at a zoom. */
function serviceRadius(zoom) {
  if (zoom < 10) return 5;
  if (zoom < 12) return 7;
  return zoom < 14 ? 9 : 11;
}

function service(ctx, { x, y }, zoom, props, color) {
  const radius = serviceRadius(zoom);
  const planned = props.status === "previsto" || props.status === "in attuazione";
  circle(ctx, x, y, radius);
  ctx.fillStyle = planned ? "#fff" : color;
  ctx.fill();
  ctx.lineWidth = planned ? 2.5 : 1.2;
  ctx.strokeStyle = planned ? color : INK;
  ctx.stroke();
  if (radius >= 7) glyph(ctx, x, y, radius * 1.3, props.category, planned ? color : "#fff");
  if (props.readings === "12") ring(ctx, x, y, radius + 3);
  if (props.approx && zoom >= 12) ring(ctx, x, y, radius + (props.readings === "12" ? 6 : 3.5), [3, 3]);
}

function cluster(ctx, { x, y }, props) {
  const radius = Math.min(10 + Math.log2(props.n) * 1.6, 26);
  circle(ctx, x, y, radius);
  ctx.fillStyle = "#fff";
  ctx.fill();
  ctx.lineWidth = 3;
  ctx.strokeStyle = INK;
  ctx.stroke();
  ctx.fillStyle = INK;
  ctx.font = '600 12px "Titillium Web", sans-serif';
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(props.n.toLocaleString(document.documentElement.lang), x, y + 0.5);
}

/** Whether it is the number of a cell, which may be 1, and no service: a cell has no id to open. */
export function isCell(props) {
  return props.n > 1 || !props.id;
}

/** Services and their aggregates, by the colours of the categories. */
export function serviceSymbolizer(colors) {
  return {
    draw(ctx, geom, zoom, feature) {
      ctx.globalAlpha = 1;
      const props = feature.props;
      for (const point of geom[0] ?? []) {
        if (isCell(props)) cluster(ctx, point, props);
        else service(ctx, point, zoom, props, colors.get(props.category) ?? UNKNOWN);
      }
    },
  };
}

/** Points as squares of one colour: hollow and dashed where a field says so (of LUM: planned). */
export function squareSymbolizer({ color, hollow }) {
  return {
    draw(ctx, geom, zoom, feature) {
      ctx.globalAlpha = 1;
      const side = zoom < 11 ? 8 : 13;
      const isHollow = hollow && feature.props[hollow[0]] === hollow[1];
      ctx.fillStyle = isHollow ? "#fff" : color;
      ctx.strokeStyle = isHollow ? color : INK;
      ctx.lineWidth = 2;
      ctx.setLineDash(isHollow ? [3, 2] : []);
      for (const { x, y } of geom[0] ?? []) {
        ctx.fillRect(x - side / 2, y - side / 2, side, side);
        ctx.strokeRect(x - side / 2, y - side / 2, side, side);
      }
      ctx.setLineDash([]);
    },
  };
}
