"""Tokens of the API, the answers that it keeps, and the words for what comes through it."""

import sqlalchemy as sa
import sqlalchemy.dialects.mysql  # noqa: F401 - makes sa.dialects.mysql there
from alembic import op

MOMENT = sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")
VIA, KIND = ('admin', 'portal', 'cli'), ('login', 'password', 'code', 'too_often', 'forbidden', 'csrf')

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def words(table_name, column, check, known):
    """Let a column hold these words and no other."""
    with op.batch_alter_table(table_name) as table:
        table.drop_constraint(op.f(check), type_='check')
        table.create_check_constraint(op.f(check), sa.column(column).in_(known))


def upgrade():
    op.create_table('api_token',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('role', sa.Enum('customer', 'support', 'technician', 'sales', 'manager', 'administrator', name='token_role', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('prefix', sa.String(length=12), nullable=False),
        sa.Column('hash', sa.String(length=64), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('expires_at', MOMENT, nullable=False),
        sa.Column('last_used_at', MOMENT, nullable=True),
        sa.Column('revoked_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_api_token_user_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
        sa.UniqueConstraint('hash', name=op.f('uq_api_token_hash')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_index('ix_api_token_user_id', 'api_token', ['user_id'])
    op.create_table('api_answer',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('token_id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('request', sa.String(length=64), nullable=False),
        sa.Column('answer', sa.JSON(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['token_id'], ['api_token.id'], name=op.f('fk_api_answer_token_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_api_answer')),
        sa.UniqueConstraint('token_id', 'key', name=op.f('uq_api_answer_token_id_key')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_index('ix_api_answer_at', 'api_answer', ['at'])
    words('step', 'via', 'ck_step_via', (*VIA, 'api'))
    words('access_event', 'kind', 'ck_access_event_access_kind', (*KIND, 'token'))


def downgrade():
    op.execute("UPDATE step SET via = 'portal' WHERE via = 'api'")
    op.execute("DELETE FROM access_event WHERE kind = 'token'")
    words('step', 'via', 'ck_step_via', VIA)
    words('access_event', 'kind', 'ck_access_event_access_kind', KIND)
    op.drop_table('api_answer')
    op.drop_table('api_token')
