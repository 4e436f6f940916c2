"""Sessions that can be ended at the server."""

import sqlalchemy as sa
import sqlalchemy.dialects.mysql  # noqa: F401 - makes sa.dialects.mysql there
from alembic import op

MOMENT = sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('user_session',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('token', sa.String(length=64), nullable=False),
        sa.Column('began_at', MOMENT, nullable=False),
        sa.Column('seen_at', MOMENT, nullable=False),
        sa.Column('idle_seconds', sa.Integer(), nullable=False),
        sa.Column('until', MOMENT, nullable=False),
        sa.Column('address', sa.String(length=45), nullable=False),
        sa.Column('agent', sa.String(length=200), nullable=False),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.Column('because', sa.Enum('logout', 'login', 'by_hand', 'by_administrator', 'account', name='session_because', native_enum=False, create_constraint=True, length=20), nullable=True),
        sa.CheckConstraint('idle_seconds > 0', name=op.f('ck_user_session_idle_positive')),
        sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_user_session_user_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_user_session')),
        sa.UniqueConstraint('token', name=op.f('uq_user_session_token')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_index('ix_user_session_user_id_ended_at', 'user_session', ['user_id', 'ended_at'])
    op.create_index('ix_user_session_until', 'user_session', ['until'])


def downgrade():
    op.drop_table('user_session')
