"""Full-text indexes on what people search by words; SQLite's triggers are set after each migration (env.py)."""

from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

TEXTS = {'complaint': ('subject', 'description'), 'customer': ('name',), 'reply': ('text',)}


def upgrade():
    sqlite = op.get_bind().dialect.name == 'sqlite'
    if not sqlite:
        op.execute('SET SESSION innodb_ft_enable_stopword=OFF')  # "di" and "the" are words that people look for, too
    for table, columns in TEXTS.items():
        names = ', '.join(columns)
        if sqlite:
            op.execute(f"CREATE VIRTUAL TABLE fts_{table} USING fts5({names}, content='{table}', content_rowid='id', "
                       "tokenize='unicode61 remove_diacritics 2', prefix='3')")
        else:
            op.execute(f'CREATE FULLTEXT INDEX fts_{table} ON {table} ({names})')


def downgrade():
    sqlite = op.get_bind().dialect.name == 'sqlite'
    for table in TEXTS:
        if sqlite:
            for event in ('insert', 'delete', 'update'):
                op.execute(f'DROP TRIGGER IF EXISTS fts_{table}_{event}')
            op.execute(f'DROP TABLE fts_{table}')
        else:
            op.execute(f'DROP INDEX fts_{table} ON {table}')
