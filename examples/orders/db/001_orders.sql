CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  item VARCHAR NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  status VARCHAR NOT NULL DEFAULT 'open'
);
